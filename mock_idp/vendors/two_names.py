"""Endpoints that clients and services ask by themselves, at another name than the one a browser knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

BACK_CHANNEL = (
    *("jwks_uri", "token_endpoint", "userinfo_endpoint", "introspection_endpoint", "revocation_endpoint"),
    *("device_authorization_endpoint", "pushed_authorization_request_endpoint", "registration_endpoint"),
    "backchannel_authentication_endpoint",
)
"""The members of a discovery document that name endpoints no browser is sent to."""


def seen_from_behind(document: Mapping[str, Any], names: Collection[str], front: str, back: str) -> dict[str, Any]:
    """The document with the members of these names below `back` where they were below `front`, at any depth."""
    return {name: _moved(name, value, names, front, back) for name, value in document.items()}


def _moved(name: str, value: Any, names: Collection[str], front: str, back: str) -> Any:
    if isinstance(value, dict):
        return seen_from_behind(value, names, front, back)
    if name in names and isinstance(value, str) and f"{value}/".startswith(f"{front}/"):
        return back + value.removeprefix(front)
    return value
