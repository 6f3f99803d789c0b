"""Tasker's permissions, and which of them open a route of each service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

RESOURCES = ("tasks", "steps", "dlq", "templates", "system", "worker")
_OF_ORCHESTRATION = (
    "tasks:create",
    "tasks:read",
    "tasks:list",
    "tasks:cancel",
    "tasks:context_read",
    "steps:read",
    "steps:resolve",
    "dlq:read",
    "dlq:update",
    "dlq:stats",
    "templates:read",
    "system:config_read",
    "system:analytics_read",
)
_OF_WORKER = ("worker:templates_read", "worker:config_read", "templates:validate")
OPENS: Mapping[str, tuple[str, ...]] = {"worker": _OF_WORKER, "orchestration": _OF_ORCHESTRATION}
# What a token or an API key may hold where strict_validation is on; one of them opens no route.
PERMISSIONS = (*_OF_ORCHESTRATION, *_OF_WORKER, "system:handlers_read", *(f"{one}:*" for one in RESOURCES))


def opens_anything(permissions: Iterable[str], service: str) -> bool:
    """Whether one of the permissions lets a caller in somewhere; a resource with `*` stands for all of it."""
    held = {*permissions}
    return any(one in held or f"{one.partition(':')[0]}:*" in held for one in OPENS[service])
