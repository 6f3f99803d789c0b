"""The pytest side of the mutant run: one test for each fault of the reference service."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.matrix.target_runs import TargetRuns
    from harness.mutants.mutant_pool import Mutant, MutantPool
    from harness.mutants.mutant_run import MutantResult

MUTANT_RECORD = pytest.StashKey[dict[str, Any]]()
_BEGUN = pytest.StashKey[bool]()
# A report is due when so many seconds have gone by, also where nothing is judged.
_SILENT_SECONDS = 10.0


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("idp-harness mutants")
    group.addoption("--idp-mutant", action="append", default=[], metavar="ID", help="only this fault")
    group.addoption("--idp-derived", action="store_true", help="the derived faults where none is named")
    group.addoption(
        "--idp-mutants-from", action="append", default=[], metavar="FILE", help="a Python file with further faults"
    )
    group.addoption("--idp-all-kills", action="store_true", help="don't stop at the first scenario that catches it")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before anybody asks which faults there are, in every process."""
    if files := config.getoption("--idp-mutants-from"):
        from harness.mutants.fault_file import FaultFileError, load_faults
        from harness.mutants.fault_trial import try_faults

        paths = [Path(file) for file in files]
        try:
            if not hasattr(config, "workerinput"):
                try_faults(paths)
            load_faults(paths)
        except FaultFileError as problem:
            raise pytest.UsageError(str(problem)) from problem


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "mutant_case" not in metafunc.fixturenames:
        return
    from harness.base.errors import HarnessError
    from harness.pytest_plugins.xdist_groups import name_of_test, share_count

    config = metafunc.config
    try:
        mutants = planned_mutants(config)
    except HarnessError as problem:
        raise pytest.Collector.CollectError(str(problem)) from problem
    shares = share_count(config)
    # Those that only time can tell are the last to be asked for; each share has its part of them.
    mutants.sort(key=lambda one: one.is_slow)
    named = ((one, f"reference-{number % shares + 1}of{shares}") for number, one in enumerate(mutants))
    params = [pytest.param(one, id=name_of_test(one.name, share, config)) for one, share in named]
    metafunc.parametrize("mutant_case", params, indirect=True)


def planned_mutants(config: pytest.Config) -> list[Mutant]:
    """The faults that the options select. Raises `HarnessError` for what is wrong with them or with a scenario."""
    from harness.base.bundled import bundled_directory
    from harness.cell.environment import Options, check_options
    from harness.mutants.equivalent import load_equivalent
    from harness.mutants.mutant_pool import Mutant
    from harness.mutants.reference_kinds import ReferenceKinds, target_options
    from harness.mutants.selection import named_faults
    from harness.reference.derived import derived_faults
    from harness.reference.known_faults import is_derived
    from harness.scenario.loader import load_all

    directories = tuple(config.getoption("--idp-scenarios"))
    folders = [Path(name) for name in directories]
    scenarios = load_all([bundled_directory(), *folders])
    kinds = ReferenceKinds(scenarios, folders, all_styles=bool(config.getoption("--idp-all-styles")))
    mutants = []
    named, derived = config.getoption("--idp-mutant"), config.getoption("--idp-derived")
    for name in named or (sorted(derived_faults()) if derived else named_faults()):
        options = Options(
            target="reference", target_options=target_options(name), scenario_directories=directories, faults=(name,)
        )
        check_options(options)
        all_kills = bool(config.getoption("--idp-all-kills"))
        reason = load_equivalent().get(name, "") if is_derived(name) else ""
        mutants.append(Mutant(name, kinds.killers(name), options, all_kills, reason, thorough=bool(named)))
    return mutants


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Faults begin when the quick cells of the same run are done: they go on while its timed cells wait."""
    yield
    mutants = [item for item in items if _mutant(item)]
    if mutants:
        mutants.sort(key=lambda item: item.callspec.params["mutant_case"].is_slow)  # type: ignore[attr-defined]
        others = [item for item in items if not _mutant(item)]
        place = next((number for number, item in enumerate(others) if _is_timed(item)), len(others))
        items[:] = others[:place] + mutants + others[place:]


def _mutant(item: pytest.Item) -> Mutant | None:
    callspec = getattr(item, "callspec", None)
    found: Mutant | None = callspec.params.get("mutant_case") if callspec else None
    return found


def _is_timed(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    _, planned = callspec.params.get("scenario_cell", (None, None)) if callspec else (None, None)
    return planned is not None and not planned.verdict and planned.cell.scenario.timed


class MutantCase:
    """One fault; `judge` runs the scenarios on it until one catches it."""

    def __init__(self, mutant: Mutant, pool: MutantPool, item: pytest.Item) -> None:
        self._mutant, self._pool, self._item = mutant, pool, item
        self._told_at = time.monotonic()

    def judge(self) -> MutantResult:
        """Fail the test when no scenario fails."""
        from harness.mutants.mutant_run import AS_EXPECTED
        from harness.report.mutation_report import survivor_text

        self._begin_share()
        result = self._pool.judge(self._mutant, self._tell)
        self._item.stash[MUTANT_RECORD] = result.record()
        if result.verdict not in AS_EXPECTED:
            pytest.fail(survivor_text(result), pytrace=False)
        return result

    def _tell(self, judged: Mapping[str, str]) -> None:
        """Say how far the others are: this one may take minutes, and its own report waits for it."""
        if not judged and time.monotonic() < self._told_at + _SILENT_SECONDS:
            return
        self._told_at = time.monotonic()
        item = self._item
        # Of a kind that no reporter counts, and of this very test, as only that passes from one process to another.
        report = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, "setup")
        report.idp_judged = dict(judged)  # type: ignore[attr-defined]
        capture = item.config.pluginmanager.getplugin("capturemanager")
        # What is printed while a test runs is kept for its own report.
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            item.ihook.pytest_runtest_logreport(report=report)

    def _begin_share(self) -> None:
        """Let all faults that this process will be asked for begin with the first one."""
        from harness.pytest_plugins.xdist_groups import knows_its_share, share_of_test

        session = self._item.session
        if session.stash.get(_BEGUN, False) or not knows_its_share(session.config):
            return
        session.stash[_BEGUN] = True
        share = share_of_test(self._item.nodeid)
        alike = (_mutant(item) for item in session.items if share_of_test(item.nodeid) == share)
        self._pool.begin(mutant for mutant in alike if mutant is not None)


@pytest.fixture(scope="session")
def idp_mutant_pool(request: pytest.FixtureRequest, idp_target_runs: TargetRuns) -> Iterator[MutantPool]:
    """What judges faults in this process; ended with the pytest session."""
    from harness.mutants.mutant_pool import MutantPool
    from harness.pytest_plugins.xdist_groups import process_count

    with MutantPool(idp_target_runs, process_count(request.config)) as pool:
        yield pool


@pytest.fixture
def mutant_case(request: pytest.FixtureRequest, idp_mutant_pool: MutantPool) -> MutantCase:
    """One fault of the reference service; call its `judge()`."""
    return MutantCase(request.param, idp_mutant_pool, request.node)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if call.when == "call" and MUTANT_RECORD in item.stash:
        report.idp_mutant = item.stash[MUTANT_RECORD]
    return report
