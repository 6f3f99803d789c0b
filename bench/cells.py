"""What the harness adds to the floor: each cell as pytest runs it, and the floor right after it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest

from bench.floor import Floor
from harness.cli.pytest_call import call_pytest
from harness.grammar.model import Cell
from harness.pytest_plugins.scenario_plugin import BEFORE_THE_END

# Cells with these steps wait for something on purpose.
_WAITS = frozenset({"wait", "wait-for-fetch", "send-until", "send-in-background", "restart-service"})


@dataclass(frozen=True)
class Measured:
    """Seconds that a cell took, all of pytest included, and those of the floor after it."""

    cell: float
    floor: float
    plain: bool  # It neither waits on purpose nor has to start its service.


class Alternation:
    """A pytest plugin: leaves timed cells out, and measures the floor after each of the others."""

    def __init__(self) -> None:
        self.measured: list[Measured] = []
        self._runs: Any = None
        self._floor: Floor | None = None
        self._services: set[object] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not (_planned(item).verdict or _planned(item).cell.scenario.timed)]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        value = yield
        if fixturedef.argname == "idp_target_runs":
            self._runs = value
        return value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
        started = time.perf_counter()
        outcome = yield
        seconds = time.perf_counter() - started
        if nextitem is not None:  # With the last one everything ends.
            cell: Cell = _planned(item).cell
            floor = self._floor_of(item).seconds(cell.style)
            self.measured.append(Measured(seconds, floor, self._is_plain(cell)))
        return outcome

    def _floor_of(self, item: pytest.Item) -> Floor:
        if self._floor is None:
            options = item.callspec.params["scenario_cell"][0]  # type: ignore[attr-defined]
            self._floor = Floor(self._runs.of(options).sessions.environment)
            item.config.stash[BEFORE_THE_END] = self._floor.close
        return self._floor

    def _is_plain(self, cell: Cell) -> bool:
        starts = cell.service not in self._services
        self._services.add(cell.service)
        return not starts and not any(step.do in _WAITS for step in cell.variant.steps)


def _planned(item: pytest.Item) -> Any:
    return item.callspec.params["scenario_cell"][1]  # type: ignore[attr-defined]


def measure_cells(target: str, styles: Sequence[str] = (), select: Sequence[str] = ()) -> dict[str, Any]:
    """Run the cells that are not timed in this process, one at a time, each followed by the floor.

    Raises RuntimeError when nothing could be measured.
    """
    plugin = Alternation()
    args = ["--pyargs", "harness.suite.test_scenarios", "-n", "0", "--idp-target", target]
    args += [*(f"--idp-style={style}" for style in styles), *(f"--idp-select={prefix}" for prefix in select)]
    # As in a process that doesn't know what it will be asked for: no cell begins before its test.
    with patch("harness.pytest_plugins.xdist_groups.knows_its_share", return_value=False):
        status = call_pytest(args, plugin)
    if not plugin.measured:
        raise RuntimeError(f"no cell of {target} was run; pytest ended with status {status}")
    return {"target": target, **_numbers(plugin.measured)}


def _numbers(measured: Sequence[Measured]) -> dict[str, float]:
    plain = [one for one in measured if one.plain]
    cell, floor = (statistics.median(getattr(one, name) for one in measured) for name in ("cell", "floor"))
    return {
        "cells": len(measured),
        "median_cell_ms": 1000 * cell,
        "median_floor_ms": 1000 * floor,
        "median_ratio": cell / floor,
        "total_cells_s": sum(one.cell for one in measured),
        "total_floors_s": sum(one.floor for one in measured),
        "plain_cells": len(plain),
        "plain_cells_s": sum(one.cell for one in plain),
        "plain_floors_s": sum(one.floor for one in plain),
        "plain_ratio": sum(one.cell for one in plain) / sum(one.floor for one in plain) if plain else float("nan"),
    }
