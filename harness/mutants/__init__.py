"""The proof that the scenarios can fail: each fault of the reference service must be caught by a cell."""
