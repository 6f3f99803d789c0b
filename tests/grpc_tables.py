"""The tables of docs/grpc.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from word_tables import table

from harness.base.bundled import bundled_directory
from harness.declared.expected import ExpectedFinding, Known, load_expected
from harness.declared.profile import load_profile
from harness.grammar.model import Cell
from harness.grammar.vocabulary import STYLES
from harness.scenario.loader import load_all
from harness.scenario.plan import plan

# Who is judged over gRPC, and by which profile.
_TARGETS = {"reference": "reference", "worker": "tasker-worker", "orchestration": "tasker-orchestration"}
_SCENARIOS = ("grpc/parity/grpc-parity", "grpc/parity/grpc-parity-routes")
_METHODS = "grpc/parity/grpc-parity-methods"
# What tasker-orchestration 0.1.8 serves over gRPC only (the case tells it as `without_route`).
_WITHOUT_ROUTE = {"tasker.v1.TaskService/GetTaskContext"}
_PROFILES = {"orchestration": "tasker-orchestration", "worker": "tasker-worker"}


def parity() -> str:
    """Each kind of credential, and whether both transports decide alike on it."""
    return table(("credential", *_TARGETS), _parity())


def _parity() -> Iterator[list[str]]:
    scenarios = load_all()
    known = {name: load_expected(target, scenarios) for name, target in _TARGETS.items()}
    for scenario in scenarios:
        for variant in scenario.variants if scenario.id in _SCENARIOS else ():
            cell = Cell(scenario, variant, STYLES[0])
            yield [variant.name.replace("-", " "), *(_shown(cell, name, known[name]) for name in _TARGETS)]


def _shown(cell: Cell, name: str, known: list[Known]) -> str:
    profile = load_profile(bundled_directory() / "profiles" / f"{_TARGETS[name]}.toml")
    [planned] = plan([replace(cell.scenario, variants=(cell.variant,))], profile, name, [cell.style])
    if planned.verdict:
        return "–"
    findings = (one for one in known if isinstance(one, ExpectedFinding))
    return "**finding**" if any(one.covers(cell) for one in findings) else "same"


def methods() -> str:
    """Each protected method of Tasker's services with its permission."""
    profiles = {name: load_profile(bundled_directory() / "profiles" / f"{one}.toml") for name, one in _PROFILES.items()}
    rows = (
        [name, f"`{method.name.removeprefix('tasker.v1.')}`", f"`{method.permission}`"]
        for name, profile in profiles.items()
        for method in profile.grpc.methods
    )
    return table(("service", "method", "permission"), rows)


def method_parity() -> str:
    """Each method of Tasker's services, and whether it and the route with its permission decide alike on each kind."""
    scenarios = load_all()
    [scenario] = (one for one in scenarios if one.id == _METHODS)
    rows = []
    for service, target in _PROFILES.items():
        known = load_expected(target, scenarios)
        profile = load_profile(bundled_directory() / "profiles" / f"{target}.toml")
        cells = [_shown(Cell(scenario, one, STYLES[0]), service, known) for one in scenario.variants]
        for method in profile.grpc.methods:
            name = f"`{method.name.removeprefix('tasker.v1.')}`"
            rows.append([service, name, *(["no route"] * len(cells) if method.name in _WITHOUT_ROUTE else cells)])
    kinds = (variant.name.replace("-", " ") for variant in scenario.variants)
    return table(("service", "method", *kinds), rows)


TABLES: dict[str, Callable[[], str]] = {
    "grpc-parity": parity,
    "grpc-methods": methods,
    "grpc-method-parity": method_parity,
}
