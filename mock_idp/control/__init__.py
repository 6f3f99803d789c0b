"""The control API under /_mock: one module per subject, each a list of operations that know their own schemas."""
