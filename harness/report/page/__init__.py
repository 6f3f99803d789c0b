"""The report as one HTML file: what came out, what to change first, and the evidence of each cell."""
