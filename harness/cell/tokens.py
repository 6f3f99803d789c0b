"""From a scenario's token table to the TokenSpec that the mock identity provider is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.declared.profile import Profile
from harness.grammar.model import Route, Table
from harness.grammar.placeholders import fill

Words = Mapping[str, Callable[[], str]]


def token_spec(token: Table, route: Route | None, profile: Profile, words: Words) -> dict[str, Any]:
    """The spec of `token` for a request to `route`.

    Without `permissions` the token has exactly the permission that the route needs; times are resolved to
    seconds from now with the leeway that the profile declares.
    """
    spec: dict[str, Any] = dict(fill(token, words))
    if "permissions" not in spec:
        spec["permissions"] = [route.permission] if route and route.permission else []
    if "times" in spec:
        spec["times"] = {claim: _seconds(when, profile) for claim, when in spec["times"].items()}
    return spec


def _seconds(when: float | Mapping[str, float], profile: Profile) -> float:
    if isinstance(when, Mapping):
        seconds = float(when.get("leeways", 0)) * profile.leeway_seconds + float(when.get("seconds", 0))
        # A whole number goes out as one: whether a service reads fractions is a case of its own.
        return int(seconds) if seconds.is_integer() else seconds
    return when
