"""Scripted answers: what the next requests of an endpoint get instead of, or in, the usual answer."""
