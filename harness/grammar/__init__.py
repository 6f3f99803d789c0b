"""What a scenario file may say: the kinds of values, the tables they stand in, and the check that a file keeps to them.

It stands below the steps: a step's signature is written in these kinds.
"""
