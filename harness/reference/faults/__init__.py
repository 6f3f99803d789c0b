"""The faults that can be switched on, by name. Each file holds those of one area and registers them on import."""

from __future__ import annotations

from harness.reference.faults import (
    api_key,
    authenticate,
    claims,
    connection,
    fetch,
    header_keys,
    issuers,
    key_set,
    key_store,
    kid,
    metrics,
    permissions,
    public_routes,
    rfc9068,
    serialization,
    signature,
    transport,
    windmill,
)
from harness.reference.faults.registry import FAULTS, Fault, UnknownFault, fault, mixins

__all__ = [
    "FAULTS",
    "Fault",
    "UnknownFault",
    "api_key",
    "authenticate",
    "claims",
    "connection",
    "fault",
    "fetch",
    "header_keys",
    "issuers",
    "key_set",
    "key_store",
    "kid",
    "metrics",
    "mixins",
    "permissions",
    "public_routes",
    "rfc9068",
    "serialization",
    "signature",
    "transport",
    "windmill",
]
