"""The pytest plugin of idp-harness."""
