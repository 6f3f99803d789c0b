"""The harness inside pytest: issuers for your own suite, the matrix, the mutants, and their progress."""
