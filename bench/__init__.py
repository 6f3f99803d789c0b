"""How fast it is, against what is possible: `python -m bench`."""
