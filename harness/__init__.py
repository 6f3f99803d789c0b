"""A harness that finds out how a service verifies the tokens of an identity provider."""
