"""The rules of `idp-harness lint`, a module for each subject; to import it registers them."""

from __future__ import annotations

from harness.lint.rules import algorithms, api_keys, claims, jwks, keys, layout, production, tables

__all__ = ["algorithms", "api_keys", "claims", "jwks", "keys", "layout", "production", "tables"]
