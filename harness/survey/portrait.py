"""What was found out about a service: data, from which a profile is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.declared.permissions import Permissions
from harness.grammar.model import Route


@dataclass(frozen=True)
class Seen:
    """A line of a profile: `name = value` of a `table`, and the `evidence` for it.

    With a `doubt`, which says why, it is no line that somebody may take over without a look into the documents.
    """

    table: str
    name: str
    value: Any
    evidence: str
    doubt: str = ""


@dataclass(frozen=True)
class Misdeed:
    """A requirement of every service that this one broke: `cells` of the scenario failed, one with `actual`.

    That is an error of the service only where it is one in all of them: an error lets nobody in.
    `variants` are those of the cells, of a scenario that has several.
    """

    scenario: str
    title: str
    requirement: str
    severity: str
    cells: tuple[str, ...]
    actual: str
    variants: tuple[str, ...] = ()


def is_error(actual: str) -> bool:
    """Whether what came was an error of the service, which keeps the caller out though not by saying no."""
    return re.match(r"5\d\d\b", actual) is not None


@dataclass(frozen=True)
class FoundRoute:
    """A route of the profile, and how it was found."""

    route: Route
    evidence: str


@dataclass(frozen=True)
class Portrait:
    """All of it. `capabilities` and `lacks` have a reason for each name, `unknown` one for each policy.

    `moot` are the policies that no case depends on which could be run.
    `place` is None where nothing was found out about permissions; `style` is the vendor whose tokens are let in.
    """

    title: str
    style: str
    audience: str
    audience_evidence: str
    routes: Mapping[str, FoundRoute] = field(default_factory=dict)
    place: Permissions | None = None
    place_evidence: str = ""
    capabilities: Mapping[str, str] = field(default_factory=dict)
    lacks: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    moot: tuple[str, ...] = ()
    misdeeds: tuple[Misdeed, ...] = ()
    permissions: tuple[str, ...] = ()
    public: tuple[Route, ...] = ()

    def values(self, table: str) -> dict[str, Any]:
        """All lines of a table, also the doubtful ones."""
        return {one.name: one.value for one in self.seen if one.table == table}

    def sure(self, table: str) -> dict[str, Any]:
        """The lines of a table that nothing speaks against."""
        return {one.name: one.value for one in self.seen if one.table == table and not one.doubt}
