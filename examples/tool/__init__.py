"""Prepares the examples, judges and measures them with `idp-harness`, and states what came out."""
