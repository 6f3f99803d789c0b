"""The pytest plugin that runs scenarios: one parametrized test, one item a cell.

It loads in every pytest start of its environment, so nothing heavy is imported before a cell is planned.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest_plugins import left_out
from harness.pytest_plugins.between_processes import pytest_report_from_serializable as pytest_report_from_serializable
from harness.pytest_plugins.between_processes import pytest_report_to_serializable as pytest_report_to_serializable

if TYPE_CHECKING:
    from harness.base.verdicts import CellResult
    from harness.cell.environment import Options
    from harness.matrix.sessions import Sessions
    from harness.matrix.target_runs import TargetRuns
    from harness.scenario.plan import PlannedCell

# What is called while everything still runs, after the last cell.
BEFORE_THE_END = pytest.StashKey[Callable[[], None]]()
RECORD = pytest.StashKey[dict[str, Any]]()
_BEGUN = pytest.StashKey[set[Any]]()
_GROUP = "idp-harness scenarios"
# What the marker idp_scenarios may say: the options of the command line without `--idp-`.
_OVERRIDES = (
    *("target", "target_option", "profile", "scenarios", "select", "style", "all_styles", "url", "issuer"),
    *("fast", "real_issuer", "fault", "strict", "app", "one_at_a_time"),
)
_LISTS = ("target_option", "scenarios", "select", "style", "fault")
# A mistake in one of these is told before anything is collected.
_CHECKED_EARLY = ("target_option", "profile", "scenarios", "select", "style", "fault")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup(_GROUP)
    group.addoption(
        "--idp-target",
        default="reference",
        metavar="NAME",
        help="the service under test: tasker-worker, tasker-orchestration, reference, process, app, container, url "
        "(default: %(default)s)",
    )
    group.addoption(
        "--idp-target-option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting of the target, such as base-url=http://127.0.0.1:8081",
    )
    group.addoption("--idp-profile", metavar="NAME", help="what the service declares; default: the target's own")
    group.addoption(
        "--idp-scenarios",
        action="append",
        default=[],
        metavar="DIR",
        help="a directory of scenarios beside the bundled ones",
    )
    group.addoption(
        "--idp-select",
        action="append",
        default=[],
        metavar="ID-PREFIX",
        help="only scenarios whose id starts with this",
    )
    group.addoption("--idp-style", action="append", default=[], metavar="STYLE", help="only this vendor's style")
    group.addoption(
        "--idp-all-styles",
        action="store_true",
        help="all styles, also for cases that look at nothing in which vendors differ and run in one of them",
    )
    group.addoption(
        "--idp-fast", action="store_true", help="only cases that wait for nothing: no time passes, and no key is new"
    )
    group.addoption("--idp-url", metavar="URL", help="a running mock identity provider instead of an embedded one")
    group.addoption(
        "--idp-control-token",
        metavar="TEXT",
        help="what that identity provider's control API asks for; default: MOCK_IDP_CONTROL_TOKEN",
    )
    group.addoption("--idp-issuer", metavar="ID", help="the issuer there that the service trusts")
    group.addoption("--idp-real-issuer", metavar="FILE", help="a provider that runs already and is no mock-idp")
    group.addoption("--idp-strict", action="store_true", help="a broken SHOULD fails the run too")
    group.addoption(
        "--idp-fault", action="append", default=[], metavar="FAULT", help="switch a fault of the reference service on"
    )
    group.addoption("--idp-hold", action="store_true", help="keep the services of cells that did not pass")
    group.addoption("--idp-shuffle", type=int, metavar="SEED", help="run the cells in a random order")
    group.addoption("--idp-results", metavar="FILE", help="write one JSON object for each cell to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "idp_scenarios(**options): run scenarios with these options instead of the command line's"
    )
    config.pluginmanager.register(left_out.LeftOut(config), left_out.NAME)
    if hasattr(config, "workerinput"):
        return
    if any(config.getoption(f"--idp-{name.replace('_', '-')}") for name in _CHECKED_EARLY):
        from harness.base.errors import HarnessError

        try:
            planned(config, {})
        except HarnessError as problem:
            raise pytest.UsageError(str(problem)) from problem
    if config.getoption("dist", "no") != "no":
        from harness.pytest_plugins import worker_deaths

        config.pluginmanager.register(worker_deaths.WorkerDeaths(config), worker_deaths.NAME)
    results = config.getoption("--idp-results")
    if results:
        from harness.base.errors import UsageError
        from harness.report.results_file import NAME, ResultsFile

        try:
            config.pluginmanager.register(ResultsFile(Path(results)), NAME)
        except UsageError as problem:
            raise pytest.UsageError(str(problem)) from problem


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scenario_cell" not in metafunc.fixturenames:
        return
    from harness.base.errors import HarnessError
    from harness.pytest_plugins.xdist_groups import name_of_test

    config = metafunc.config
    marker = metafunc.definition.get_closest_marker("idp_scenarios")
    try:
        options, cells = planned(config, dict(marker.kwargs) if marker else {})
    except HarnessError as problem:
        raise pytest.Collector.CollectError(str(problem)) from problem
    left_out.count_left_out(config, cells, marker.kwargs if marker else {})
    params = [pytest.param((options, one), id=name_of_test(one.cell.id, one.share, config)) for one in cells]
    metafunc.parametrize("scenario_cell", params, indirect=True)


def planned(config: pytest.Config, overrides: dict[str, Any]) -> tuple[Options, list[PlannedCell]]:
    """The options and the cells of a run. Raises `HarnessError` for a bad file or name."""
    from harness.base.errors import UsageError
    from harness.cell.environment import Options
    from harness.grammar.toml_source import nearest
    from harness.matrix.planned_cells import planned_cells
    from harness.pytest_plugins.xdist_groups import share_count

    for name in overrides:
        if name not in _OVERRIDES:
            raise UsageError(f"the marker idp_scenarios has no option {name!r}{nearest(name, _OVERRIDES)}")

    def option(name: str) -> Any:
        value = overrides.get(name, config.getoption(f"--idp-{name.replace('_', '-')}"))
        return [value] if name in _LISTS and isinstance(value, str) else value

    # What is given as an object can't be said on the command line.
    given = {name: overrides[name] for name in ("app", "one_at_a_time") if name in overrides}
    options = Options(
        target="app" if "app" in given else option("target"),
        profile=option("profile"),
        target_options=(*(_setting(one) for one in option("target_option")), *given.items()),
        scenario_directories=tuple(option("scenarios")),
        idp_url=option("url"),
        control_token=config.getoption("--idp-control-token") or os.environ.get("MOCK_IDP_CONTROL_TOKEN"),
        issuer=option("issuer"),
        real_issuer=option("real_issuer"),
        faults=tuple(option("fault")),
        strict=bool(option("strict")),
        hold=bool(config.getoption("--idp-hold")),
    )
    # A test that names a style means it, also where the command line asks for all.
    every = bool(overrides.get("all_styles") if "style" in overrides else option("all_styles"))
    cells = planned_cells(
        options, option("select"), option("style"), share_count(config), all_styles=every, fast=bool(option("fast"))
    )
    return options, cells


def _setting(text: str) -> tuple[str, str]:
    from harness.base.errors import UsageError

    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--idp-target-option takes KEY=VALUE, not {text!r}")
    return key, value


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist=loadgroup` each share of the cells goes to one worker."""
    if config.getoption("dist") != "loadgroup":
        return None
    from harness.pytest_plugins.xdist_groups import ShareScheduling

    return ShareScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever has shuffled the items: the cells of a share, and in it those of a service, stand together.

    Timed cells are the last of their share, as when nothing is shuffled.
    """
    seed = config.getoption("--idp-shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)
    places: dict[object, int] = {}

    def place(item: pytest.Item) -> tuple[int, ...]:
        options, planned_cell = _planned(item)
        if planned_cell is None:
            return (len(items),)
        share = options, planned_cell.share
        cell, runs = planned_cell.cell, not planned_cell.verdict
        service = share, "timed" if runs and cell.scenario.timed else cell.service
        first, number = places.setdefault(share, len(places)), places.setdefault(service, len(places))
        return first, runs and cell.scenario.timed, number

    items.sort(key=place)


def _planned(item: pytest.Item) -> tuple[Any, PlannedCell | None]:
    """The options and the cell of a test, if it is one of a cell."""
    callspec = getattr(item, "callspec", None)
    found: tuple[Any, PlannedCell | None] = (None, None)
    return callspec.params.get("scenario_cell", found) if callspec else found


class ScenarioCell:
    """One cell for one test; `judge` runs it and lets the test end as the verdict says."""

    def __init__(self, planned_cell: PlannedCell, runs: TargetRuns, options: Options, item: pytest.Item) -> None:
        self._planned, self._runs, self._options, self._item = planned_cell, runs, options, item

    def result(self) -> CellResult:
        """Run the cell, or fetch the result of one that ran in the background, and apply the expected findings."""
        from harness.declared.expected import apply
        from harness.matrix.cell_runner import blank_result

        planned_cell = self._planned
        if planned_cell.verdict:
            result = blank_result(planned_cell.cell, self._options.target)
            result.verdict, result.reason = planned_cell.verdict, planned_cell.reason
            return result
        run = self._runs.of(self._options)
        self._begin_share(run.sessions)
        return apply(run.sessions.run(planned_cell.cell), planned_cell.cell, run.findings)

    def _begin_share(self, sessions: Sessions) -> None:
        """Let all cells of the share begin with the first that is asked for."""
        from harness.pytest_plugins.xdist_groups import knows_its_share

        share = self._options, self._planned.share
        begun = self._item.session.stash.setdefault(_BEGUN, set())
        if share in begun or not knows_its_share(self._item.config):
            return
        begun.add(share)
        cells = map(_planned, self._item.session.items)
        sessions.begin(one.cell for options, one in cells if one and (options, one.share) == share and not one.verdict)

    def judge(self) -> None:
        """Run the cell; pass, fail, skip or xfail the test accordingly."""
        from harness.base import verdicts
        from harness.report.text import failure_text

        result = self.result()
        self._item.stash[RECORD] = result.record()
        for name in ("verdict", "level", "severity", "requirement"):
            self._item.user_properties.append((name, getattr(result, name)))
        if result.verdict == verdicts.PASSED:
            return
        if result.verdict in (verdicts.SKIPPED, verdicts.UNDECLARED):
            pytest.skip(f"{result.verdict}: {result.reason}")
        known = result.verdict in (verdicts.FINDING, verdicts.FAILED)
        if known and not verdicts.counts_as_failed(result, strict=self._options.strict):
            pytest.xfail(f"{result.verdict}: {result.reason or result.actual}")
        pytest.fail(failure_text(result), pytrace=False)


@pytest.fixture(scope="session")
def idp_target_runs(request: pytest.FixtureRequest) -> Iterator[TargetRuns]:
    """The running services and identity providers of this process; ended with the pytest session.

    Their identity provider is the one of the fixture `mock_idp`, unless one that runs already is named.
    """
    from harness.matrix.target_runs import TargetRuns
    from harness.pytest_plugins.xdist_groups import process_count

    # The commands load no plugin but what they need. What is asked for here ends after the services.
    has_idp = request.config.pluginmanager.has_plugin("idp_harness") and not request.config.getoption("--idp-url")
    runs = TargetRuns(process_count(request.config), request.getfixturevalue("mock_idp") if has_idp else None)
    yield runs
    request.config.stash.get(BEFORE_THE_END, lambda: None)()
    runs.close()


@pytest.fixture
def scenario_cell(request: pytest.FixtureRequest, idp_target_runs: TargetRuns) -> ScenarioCell:
    """One cell of the scenario matrix; call its `judge()`."""
    options, planned_cell = request.param
    return ScenarioCell(planned_cell, idp_target_runs, options, request.node)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if call.when == "call" and RECORD in item.stash:
        report.idp_cell = item.stash[RECORD]
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the process that writes JUnit, before that is written."""
    if session.config.getoption("xmlpath", None) and not hasattr(session.config, "workerinput"):
        from harness.report.junit_order import put_gravest_first

        put_gravest_first(session.config.pluginmanager)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the process that collects the reports: which worker had a cell is nothing that reports should show."""
    if hasattr(report, "node"):
        from harness.pytest_plugins.xdist_groups import without_share

        report.nodeid = without_share(report.nodeid)
