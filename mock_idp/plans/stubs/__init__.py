"""Stubs: what the next requests of an endpoint get instead of, or in, the usual response; users write `script`."""
