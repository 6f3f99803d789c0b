"""The pytest side of the mutant run: one test for each fault of the reference service."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.environment import Options
    from harness.model import Cell
    from harness.mutants import MutantResult
    from harness.target_runs import TargetRuns

MUTANT_RECORD = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("idp-harness mutants")
    group.addoption("--idp-mutant", action="append", default=[], metavar="ID", help="only this fault")
    group.addoption("--idp-all-kills", action="store_true", help="don't stop at the first scenario that catches it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "mutant_case" not in metafunc.fixturenames:
        return
    from harness.environment import Options
    from harness.errors import HarnessError
    from harness.loader import bundled_directory, load_all
    from harness.mutants import cells_that_name, named_mutants
    from harness.profile import find_profile, load_profile
    from harness.reference.faults import FAULTS
    from harness.toml_source import nearest

    wanted = metafunc.config.getoption("--idp-mutant")
    directories = tuple(metafunc.config.getoption("--idp-scenarios"))
    try:
        scenarios = load_all([bundled_directory(), *map(Path, directories)])
        profile = load_profile(find_profile("reference"))
    except HarnessError as problem:
        raise pytest.Collector.CollectError(str(problem)) from problem
    params = []
    for name in wanted or named_mutants(scenarios, FAULTS):
        if name not in FAULTS:
            raise pytest.Collector.CollectError(f"the reference has no fault {name!r}{nearest(name, FAULTS)}")
        cells = cells_that_name(name, scenarios, profile)
        options = Options(target="reference", scenario_directories=directories)
        params.append(pytest.param((name, FAULTS[name].sentence, cells, options), id=name))
    metafunc.parametrize("mutant_case", params, indirect=True)


class MutantCase:
    """One fault; `judge` runs the cells that name it."""

    def __init__(self, mutant: tuple[str, str, list[Cell], Options], runs: TargetRuns, item: pytest.Item) -> None:
        self._mutant, self._runs, self._item = mutant, runs, item

    def judge(self) -> MutantResult:
        """Fail the test when no scenario that names the fault fails."""
        from harness.mutants import KILLED, run_mutant

        name, sentence, cells, options = self._mutant
        started = time.perf_counter()
        all_kills = self._item.config.getoption("--idp-all-kills")
        result = run_mutant(name, sentence, cells, self._runs, options, all_kills=all_kills)
        result.duration_s = round(time.perf_counter() - started, 3)
        self._item.stash[MUTANT_RECORD] = result.record()
        if result.verdict != KILLED:
            named = ", ".join(sorted({cell.scenario.slug for cell in cells})) or "no scenario names it"
            pytest.fail(
                f"{name} {result.verdict}: {sentence}\n  scenarios that name it: {named}\n"
                f"  their verdicts: {result.others}",
                pytrace=False,
            )
        return result


@pytest.fixture
def mutant_case(request: pytest.FixtureRequest, idp_target_runs: TargetRuns) -> MutantCase:
    """One fault of the reference service; call its `judge()`."""
    return MutantCase(request.param, idp_target_runs, request.node)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if call.when == "call" and MUTANT_RECORD in item.stash:
        report.idp_mutant = item.stash[MUTANT_RECORD]
    return report
