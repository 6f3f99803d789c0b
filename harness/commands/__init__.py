"""The commands of `idp-harness`, one module each."""
