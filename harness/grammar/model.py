"""What a scenario is once it is read: plain, frozen data."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One thing that a scenario does; `do` is the step's name and the name of its function in `steps`."""

    do: str
    args: Table = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A requirement that depends on what the service's profile declares.

    With `is_` the knob's value is compared, with `at_least` it is a number that must reach it.
    """

    knob: str
    then: str
    otherwise: str
    is_: Any = None
    at_least: float | None = None

    def expectation(self, declared: Any) -> str:
        """The expectation for a service whose profile declares `declared` for the knob."""
        holds = declared >= self.at_least if self.at_least is not None else declared == self.is_
        return self.then if holds else self.otherwise


def parse_policy(table: Table) -> Policy:
    """The policy of a table that the loader has checked."""
    return Policy(table["knob"], table["then"], table["otherwise"], table.get("is"), table.get("at_least"))


@dataclass(frozen=True)
class Variant:
    """One way to run a scenario; `name` is empty when there is only one.

    With `every_style` it looks at what the vendors do differently.
    `routes`, `counters` and `knobs` are the names that it uses of what a profile declares, `settings` those of the
    service's configuration that it chooses, from the start or later. It is for services that have
    declared the knobs of `when` so.
    """

    name: str
    steps: tuple[Step, ...]
    control: Table | None
    policy: Policy | None
    styles: tuple[str, ...]
    needs: frozenset[str]
    config: Table
    routes: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()
    knobs: tuple[str, ...] = ()
    when: Table = field(default_factory=dict)
    settings: frozenset[str] = frozenset()
    every_style: bool = False


@dataclass(frozen=True)
class Demand:
    """What a document of some services demands; `level` where it is stricter than what binds every service."""

    sentence: str
    level: str = ""


def parse_demand(value: str | Table) -> Demand:
    """The demand of a sentence or a table that the loader has checked."""
    return Demand(value) if isinstance(value, str) else Demand(value["sentence"], value["level"])


@dataclass(frozen=True)
class Scenario:
    """A requirement with the traffic that shows whether a service keeps it.

    `requirement` binds every service; it is empty where only the `documents` of some services demand this, each by its
    name.
    """

    id: str
    title: str
    requirement: str
    level: str
    severity: str
    file: Path
    line: int
    variants: tuple[Variant, ...]
    kills: tuple[str, ...] = ()
    positive_control: bool = False
    source: str = ""
    note: str = ""
    timed: bool = False
    start: str = "automatic"
    preflight: bool = False
    documents: Mapping[str, Demand] = field(default_factory=dict)

    def bound_by(self, documents: Container[str]) -> Scenario:
        """It with the requirement and the level that count for a service that `documents` bind.

        The requirement is empty when nothing demands this of it.
        """
        bound = [demand for name, demand in self.documents.items() if name in documents]
        requirement = "; ".join(filter(None, [self.requirement, *(demand.sentence for demand in bound)]))
        level = next((demand.level for demand in bound if demand.level), self.level)
        return replace(self, requirement=requirement, level=level)

    @property
    def slug(self) -> str:
        return self.id.rpartition("/")[2]


@dataclass(frozen=True)
class Cell:
    """A scenario's variant in one vendor's style: the unit that is run and judged."""

    scenario: Scenario
    variant: Variant
    style: str

    @property
    def id(self) -> str:
        """`rotation/pick-up/rot-overlap[okta]`, with the variant: `...[okta-two-keys]`."""
        name = f"-{self.variant.name}" if self.variant.name else ""
        return f"{self.scenario.id}[{self.style}{name}]"

    @property
    def service(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The style and the configuration: equal for cells that one running service is enough for."""
        return self.style, tuple(sorted((key, repr(value)) for key, value in self.variant.config.items()))


@dataclass(frozen=True)
class Route:
    """A request that the service's profile gives a name; with `grpc` a call, whose statuses stand for codes.

    With `rpc` it is a message of JSON-RPC over HTTP: an answer that holds an error lets nobody in, whatever its status.
    """

    name: str
    method: str
    path: str
    permission: str = ""
    body: str | None = None
    success: tuple[int, ...] = (200,)
    let_in: tuple[int, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    grpc: bool = False
    rpc: bool = False

    @property
    def resource(self) -> str:
        return self.permission.rpartition(":")[0]

    @property
    def action(self) -> str:
        return self.permission.rpartition(":")[2]
