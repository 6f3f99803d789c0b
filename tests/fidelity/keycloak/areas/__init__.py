"""What both sides are asked, a module for each area; a function asks one side, and knows nothing of the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..realm import Realm
from ..sides import Side


@dataclass(frozen=True)
class Area:
    """Requests to a realm of its own. Each begins its names with that of the area and a slash."""

    name: str
    ask: Callable[[Side], None]
    realm: Realm = field(default_factory=Realm)


def all_areas() -> tuple[Area, ...]:
    """Every area, in the order of the names of their modules."""
    from . import (
        authorization,
        devices,
        documents,
        exchange,
        introspection,
        logout,
        machines,
        passwords,
        pushed,
        refresh,
        rotation,
        switches,
        userinfo,
    )

    modules = (
        *(documents, machines, passwords, refresh, authorization, introspection, userinfo),
        *(logout, exchange, devices, pushed, rotation, switches),
    )
    return tuple(area for module in modules for area in module.AREAS)
