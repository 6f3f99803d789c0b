"""Kills what this project starts, at random moments, and looks for what is left: `python -m bench.kills`."""
