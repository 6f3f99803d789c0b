"""From a scenario's token table to the TokenSpec that the mock identity provider is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.declared.permissions import Permissions, nested
from harness.declared.profile import Profile
from harness.grammar.model import Route, Table
from harness.grammar.placeholders import fill

_CLAIM = "{permissions_claim}"
Words = Mapping[str, Callable[[], str]]


@dataclass(frozen=True)
class PermissionsPlace:
    """Where the tokens of a session have their permissions: below the names of `path`.

    `vendors` is the claim in which the issuer puts them by itself. Where `declared` says how they stand, they stand
    there and nowhere else; for None they stand where the vendor has them.
    """

    path: tuple[str, ...]
    vendors: str = ""
    declared: Permissions | None = None


def token_spec(
    token: Table,
    route: Route | None,
    profile: Profile,
    words: Words,
    place: PermissionsPlace | None = None,
    usual: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The spec of `token` for a request to `route`.

    Without `permissions` the token has those of `usual`, or exactly the permission that the route needs; times are
    resolved to seconds from now with the leeway that the profile declares.
    """
    below = place.path[1:] if place else ()
    spec: dict[str, Any] = dict(fill(_nested_claim(token, below) if below else token, words))
    others = spec.pop("other_claims", {})
    if others:
        top = place.path[0] if place else ""
        spec["claims"] = {**spec.get("claims", {}), **{name: one for name, one in others.items() if name != top}}
    if "permissions" not in spec:
        own = [route.permission] if route and route.permission else []
        spec["permissions"] = own if usual is None else list(usual)
    if "times" in spec:
        spec["times"] = {claim: _seconds(when, profile) for claim, when in spec["times"].items()}
    if place and place.declared:
        put_permissions(spec, place, place.declared)
    return spec


def _nested_claim(token: Table, below: Sequence[str]) -> Table:
    """The table with what it says of the claim that grants permissions further inside it, where they stand."""
    changed = dict(token)
    for key in {"claims", "raw"} & token.keys():
        if _CLAIM in (members := token[key]):
            value = members[_CLAIM]
            for name in reversed(below):
                value = {name: value} if key == "claims" else f"{{{json.dumps(name)}:{value}}}"
            changed[key] = {**members, _CLAIM: value}
    return changed


def put_permissions(spec: dict[str, Any], place: PermissionsPlace, declared: Permissions) -> None:
    """Move the permissions of the spec to where the service looks for them."""
    granted, spec["permissions"] = spec["permissions"], []
    if {"payload", "payload_b64"} & spec.keys():
        return  # Whoever writes the whole payload writes them into it.
    said = {*spec.get("claims", ()), *spec.get("without", ()), *spec.get("raw", ()), *spec.get("times", ())}
    said |= {name for name, _ in spec.get("raw_members", ())}
    top = place.path[0]
    put = bool(granted) and declared.form != "none" and top not in said
    if put:
        spec["claims"] = {**nested(place.path, declared.value(granted)), **spec.get("claims", {})}
    if place.vendors not in said and not (put and place.vendors == top):
        spec["without"] = [*spec.get("without", ()), place.vendors]


def _seconds(when: float | Mapping[str, float], profile: Profile) -> float:
    if isinstance(when, Mapping):
        seconds = float(when.get("leeways", 0)) * profile.leeway_seconds + float(when.get("seconds", 0))
        seconds += float(when.get("nbf_leeways", 0)) * profile.nbf_leeway_seconds
        # A whole number goes out as one: whether a service reads fractions is a case of its own.
        return int(seconds) if seconds.is_integer() else seconds
    return when
