"""A mock identity provider that behaves like the real ones."""
