"""What becomes of the tests of a pytest-xdist worker that ends out of turn: none is lost without a word.

Each cell and each fault that such a process has left without a result gets one, which says how the process ended. The
run is then no success, whatever else came out: pytest's status is 3 unless another test has failed.
"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest_plugins.xdist_groups import was_interrupted, without_share

if TYPE_CHECKING:
    from harness.grammar.model import Cell

NAME = "idp-harness-worker-deaths"
_PARAMETERS = re.compile(r"::[^:\[\]]+\[(.+)\]$")
# For a process whose pipe has closed to be gone.
_END_SECONDS = 5.0


class WorkerDeaths:
    """A plugin of the process that collects the reports. `problem` says which processes ended; empty if none did."""

    def __init__(self, config: pytest.Config) -> None:
        self.problem = ""
        self._config = config
        self._open: dict[str, None] = {}
        self._ended: set[str] = set()
        self._deaths: list[str] = []
        self._cells: dict[str, Cell] | None = None
        self._lost = 0

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Iterable[str]) -> None:
        """Also of a worker that takes another's place, when much has ended already."""
        self._open.update((one, None) for one in map(without_share, ids) if one not in self._ended)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            nodeid = without_share(report.nodeid)
            self._open.pop(nodeid, None)
            self._ended.add(nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        if error and not was_interrupted(node):
            self._deaths.append(f"{node.gateway.id} {_how(node)}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, report: pytest.TestReport) -> None:
        """Xdist holds the first test that has not ended for the one that has ended the process."""
        self._lost += 1
        if without_share(report.nodeid) in self._open:
            self._judge(report)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
        if self._deaths and exitstatus != pytest.ExitCode.INTERRUPTED:
            for nodeid in [one for one in self._open if _PARAMETERS.search(one)]:
                self._give_up(nodeid)
            self.problem = f"processes that run tests ended out of turn: {', '.join(self._deaths)}"
            if session.testsfailed <= self._lost:
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        yield

    def _give_up(self, nodeid: str) -> None:
        file = nodeid.partition("::")[0]
        report = pytest.TestReport(nodeid, (file, None, nodeid), {}, "failed", "", "call")
        if self._judge(report):
            self._lost += 1
            self._config.hook.pytest_runtest_logreport(report=report)

    def _judge(self, report: pytest.TestReport) -> bool:
        """Let the report be that of a cell or a fault which could not be judged; whether it is one."""
        found = _PARAMETERS.search(without_share(report.nodeid))
        if not found or not self._deaths:
            return False
        name = found[1]
        reason = f"the process that had it ended before there was a result: {', '.join(self._deaths)}"
        return self._judge_cell(report, name, reason) or self._judge_mutant(report, name, reason)

    def _judge_cell(self, report: pytest.TestReport, name: str, reason: str) -> bool:
        cell = self._known_cells().get(name)
        if cell is None:
            return False
        from harness.matrix.cell_runner import blank_result
        from harness.report.text import failure_text

        result = blank_result(cell, self._config.getoption("--idp-target"))
        result.reason = reason
        report.idp_cell = result.record()  # type: ignore[attr-defined]
        report.when, report.longrepr = "call", failure_text(result)
        report.user_properties += [
            (one, getattr(result, one)) for one in ("verdict", "level", "severity", "requirement")
        ]
        return True

    def _known_cells(self) -> dict[str, Cell]:
        """Each cell that there can be, by its id: what the workers have planned they alone know."""
        if self._cells is None:
            from pathlib import Path

            from harness.base.bundled import bundled_directory
            from harness.base.errors import HarnessError
            from harness.grammar.model import Cell
            from harness.scenario.loader import load_all

            folders = [Path(name) for name in self._config.getoption("--idp-scenarios")]
            try:
                scenarios = load_all([bundled_directory(), *folders])
            except HarnessError:
                scenarios = []
            variants = ((one, variant) for one in scenarios for variant in one.variants)
            cells = (Cell(one, variant, style) for one, variant in variants for style in variant.styles)
            self._cells = {cell.id: cell for cell in cells}
        return self._cells

    def _judge_mutant(self, report: pytest.TestReport, name: str, reason: str) -> bool:
        if not name.startswith(("m-", "d-")):
            return False
        from harness.base.errors import HarnessError
        from harness.base.verdicts import ERROR
        from harness.mutants.mutant_run import UNDECIDED
        from harness.pytest_plugins.mutant_plugin import planned_mutants
        from harness.report.mutation_report import survivor_text

        try:
            mutant = next((one for one in planned_mutants(self._config) if one.name == name), None)
        except HarnessError:
            mutant = None
        if mutant is None:
            return False
        result = mutant.blank_result()
        result.verdict = UNDECIDED
        result.unjudged.append({"cell": name, "verdict": ERROR, "reason": reason})
        report.idp_mutant = result.record()  # type: ignore[attr-defined]
        report.when, report.longrepr = "call", survivor_text(result)
        return True


def _how(node: Any) -> str:
    """How the process of a worker has ended, as far as this machine knows."""
    process = getattr(getattr(node.gateway, "_io", None), "popen", None)
    if process is None:
        return "is gone"
    try:
        status = process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        return "does not answer any more"
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
