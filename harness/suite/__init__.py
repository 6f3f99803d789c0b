"""The scenario suite as a pytest package: `pytest --pyargs harness.suite`."""
