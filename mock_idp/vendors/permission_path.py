"""A permissions claim inside of another one: `realm_access.roles` is the member `roles` of the claim `realm_access`."""

from __future__ import annotations

from typing import Any, Literal

from mock_idp.errors import bad_field
from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import Claims, IssuerContext, TokenRequest


def path_of(name: str) -> tuple[str, ...]:
    """The names on the way to a claim; a URL or URN is one name, dots and all. Raises MockIdpError for an empty one."""
    if ":" in name or "/" in name:
        return (name,)
    path = tuple(name.split("."))
    if "" in path:
        raise bad_field("permissions_claim", f"A part of the path {name!r} is empty.")
    return path


def check_path(vendor: Vendor, context: IssuerContext) -> None:
    """Raises MockIdpError when no token of an issuer can have its permissions claim where that is to be."""
    kinds: tuple[Literal["machine", "user"], ...] = ("machine", "user")
    if len(path_of(context.permissions_claim)) > 1:
        for kind in kinds:
            asked = TokenRequest(now=0, kind=kind, permissions=("permission",))
            in_place(vendor.claims(context, asked), context.permissions_claim)


def in_place(claims: Claims, name: str) -> Claims:
    """The claims with the one of this name at its path, behind what a list has there.

    Raises MockIdpError where something else than an object is on the way.
    """
    path = path_of(name)
    if len(path) == 1 or name not in claims:
        return claims
    value = claims[name]
    return _with({key: one for key, one in claims.items() if key != name}, path, value, name)


def _with(claims: Claims, path: tuple[str, ...], value: Any, name: str) -> Claims:
    first, rest = path[0], path[1:]
    there = claims.get(first, {} if rest else [])
    if rest:
        if not isinstance(there, dict):
            raise bad_field(
                "permissions_claim", f"No claim can be at {name!r}: tokens have a {first} that is no object."
            )
        return {**claims, first: _with(there, rest, value, name)}
    if isinstance(there, list) and isinstance(value, list):
        value = list(dict.fromkeys((*there, *value)))
    return {**claims, first: value}
