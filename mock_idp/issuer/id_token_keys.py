"""Which key signs the ID tokens of an issuer, and with which algorithm: what discovery announces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mock_idp.jose.ring import RingEntry
from mock_idp.vendors.base import Vendor


def id_token_key(vendor: Vendor, entries: Sequence[RingEntry]) -> str:
    """The name of the key; an issuer with keys of its own choice may not have the vendor's."""
    name = vendor.id_token_key
    return name if any(entry.name == name for entry in entries) else "current"


def id_token_algorithm(vendor: Vendor, entries: Sequence[RingEntry], changes: Mapping[str, Any], usual: str) -> str:
    """The `alg` of ID tokens with these changes; `usual` where no key signs.

    A mutation other than a shared secret breaks a token, so what it makes of the algorithm announces nobody.
    """
    if changes.get("only") == "access_token":
        changes = {}
    if changes.get("mutation") == "hmac-with-secret":
        return str(changes.get("with", {}).get("alg", "HS256"))
    handle = changes.get("key") or id_token_key(vendor, entries)
    signs = next((entry.key for entry in reversed(entries) if _is(entry, handle)), None)
    return str(changes.get("alg") or (usual if signs is None else signs.algorithm.name))


def _is(entry: RingEntry, handle: str) -> bool:
    return entry.state == "current" if handle == "current" else handle in (entry.name, entry.key.kid)
