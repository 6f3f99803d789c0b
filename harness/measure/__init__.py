"""The behaviour card: what a service does, found by experiment.

`quantities` names what can be measured, `registry` lists the experiments, `runner` runs them, `card` prints them.
"""
