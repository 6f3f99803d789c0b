"""Which permissions a service knows, as its profile lists them, and what a text is to it."""

from __future__ import annotations

from collections.abc import Sequence

from harness.declared.profile import Profile
from harness.grammar.toml_source import nearest


def why_unknown(permission: str, profile: Profile) -> str | None:
    """Why a service of that profile would not know the permission, in words; `None` when it does.

    `resource:*` stands for all that is known of one resource, `*` for all where the profile says so.
    """
    known = profile.permissions
    if permission in known:
        return None
    if permission == "*":
        return None if profile.policy.get("global_wildcard") else f"{profile.name} has no wildcard for everything"
    resource, _, action = permission.partition(":")
    if action == "*" and any(one.startswith(f"{resource}:") for one in known):
        return None
    return f"{profile.name} does not know it{nearest(permission, known)}"


def routes_of(permission: str, profile: Profile) -> Sequence[str]:
    """The declared routes that ask for the permission, as `GET /v1/tasks`."""
    routes = {f"{one.method} {one.path}": one.permission for one in profile.routes.values()}
    return [route for route, needed in routes.items() if needed == permission]
