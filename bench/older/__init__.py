"""Today's build beside an older one, line by line in one run: `python -m bench.older`."""
