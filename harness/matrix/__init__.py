"""All cells of a process: which service each one gets, what runs side by side, and the verdicts."""
