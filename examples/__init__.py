"""Services on well-known verifiers, and the tool that judges and measures them: `python -m examples`."""
