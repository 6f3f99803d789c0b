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


TABLES: dict[str, Callable[[], str]] = {"grpc-parity": parity, "grpc-methods": methods}
