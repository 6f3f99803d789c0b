"""The pytest plugin that runs scenarios: one parametrized test, one item a cell.

It loads in every pytest start of its environment, so nothing heavy is imported before a cell is planned.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.environment import Options
    from harness.plan import PlannedCell
    from harness.target_runs import TargetRuns
    from harness.verdicts import CellResult

# What is called while everything still runs, after the last cell.
BEFORE_THE_END = pytest.StashKey[Callable[[], None]]()
RECORD = pytest.StashKey[dict[str, Any]]()
_GROUP = "idp-harness scenarios"
# What the marker idp_scenarios may say: the options of the command line without `--idp-`.
_OVERRIDES = (
    *("target", "target_option", "profile", "scenarios", "select", "style", "url", "issuer", "fault", "strict"),
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
        help="the service under test: tasker-worker, reference, process, url (default: %(default)s)",
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
    group.addoption("--idp-url", metavar="URL", help="a running mock identity provider instead of an embedded one")
    group.addoption("--idp-issuer", metavar="ID", help="the issuer there that the service trusts")
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
    if hasattr(config, "workerinput"):
        return
    if any(config.getoption(f"--idp-{name.replace('_', '-')}") for name in _CHECKED_EARLY):
        from harness.errors import HarnessError

        try:
            planned(config, {})
        except HarnessError as problem:
            raise pytest.UsageError(str(problem)) from problem
    results = config.getoption("--idp-results")
    if results:
        config.pluginmanager.register(ResultsFile(Path(results)), "idp-harness-results")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scenario_cell" not in metafunc.fixturenames:
        return
    from harness.errors import HarnessError

    marker = metafunc.definition.get_closest_marker("idp_scenarios")
    try:
        options, cells = planned(metafunc.config, dict(marker.kwargs) if marker else {})
    except HarnessError as problem:
        raise pytest.Collector.CollectError(str(problem)) from problem
    metafunc.parametrize(
        "scenario_cell",
        [pytest.param((options, one), id=one.cell.id, marks=pytest.mark.xdist_group(one.group)) for one in cells],
        indirect=True,
    )


def planned(config: pytest.Config, overrides: dict[str, Any]) -> tuple[Options, list[PlannedCell]]:
    """The options and the cells of a run. Raises `HarnessError` for a bad file or name."""
    from harness.environment import Options, check_options
    from harness.errors import UsageError
    from harness.loader import bundled_directory, load_all
    from harness.plan import plan, select
    from harness.profile import find_profile, load_profile
    from harness.toml_source import nearest
    from harness.vocabulary import STYLES

    for name in overrides:
        if name not in _OVERRIDES:
            raise UsageError(f"the marker idp_scenarios has no option {name!r}{nearest(name, _OVERRIDES)}")

    def option(name: str) -> Any:
        value = overrides.get(name, config.getoption(f"--idp-{name.replace('_', '-')}"))
        return [value] if name in _LISTS and isinstance(value, str) else value

    directories = tuple(option("scenarios"))
    options = Options(
        target=option("target"),
        profile=option("profile"),
        target_options=tuple(_setting(one) for one in option("target_option")),
        scenario_directories=directories,
        idp_url=option("url"),
        issuer=option("issuer"),
        faults=tuple(option("fault")),
        strict=bool(option("strict")),
        hold=bool(config.getoption("--idp-hold")),
    )
    check_options(options)
    if options.issuer and not option("style"):
        raise UsageError(f"say in which style the issuer {options.issuer!r} is: the service trusts no other")
    styles = tuple(option("style")) or STYLES
    for style in styles:
        if style not in STYLES:
            raise UsageError(f"there is no style {style!r}{nearest(style, STYLES)}")
    folders = [Path(name) for name in directories]
    scenarios = select(load_all([bundled_directory(), *folders]), option("select"))
    profile = load_profile(find_profile(options.profile or options.target, folders))
    return options, plan(scenarios, profile, options.target, styles)


def _setting(text: str) -> tuple[str, str]:
    from harness.errors import UsageError

    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--idp-target-option takes KEY=VALUE, not {text!r}")
    return key, value


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cells of a group together, whatever has shuffled the items: each group costs a running service."""
    order: dict[str, int] = {}
    seed = config.getoption("--idp-shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)
    for item in items:
        if "scenario_cell" in getattr(item, "fixturenames", ()):
            order.setdefault(_group_of(item), len(order))
    if order:
        items.sort(key=lambda item: order.get(_group_of(item), len(order)))


def _group_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    if callspec is None or "scenario_cell" not in callspec.params:
        return ""
    group: str = callspec.params["scenario_cell"][1].group
    return group


class ScenarioCell:
    """One cell for one test; `judge` runs it and lets the test end as the verdict says."""

    def __init__(self, planned_cell: PlannedCell, runs: TargetRuns, options: Options, item: pytest.Item) -> None:
        self._planned, self._runs, self._options, self._item = planned_cell, runs, options, item

    def result(self) -> CellResult:
        """Run the cell (or fetch the result, when it ran beside a neighbour) and apply the expected findings."""
        from harness.expected import apply
        from harness.runner import blank_result

        planned_cell = self._planned
        if planned_cell.verdict:
            result = blank_result(planned_cell.cell, self._options.target)
            result.verdict, result.reason = planned_cell.verdict, planned_cell.reason
            return result
        run = self._runs.of(self._options)
        result = run.sessions.run(planned_cell.cell, self._neighbours())
        return apply(result, planned_cell.cell, run.findings)

    def _neighbours(self) -> list[Any]:
        """The timed cells of the same group that this process will be asked for as well."""
        config = self._item.config
        if hasattr(config, "workerinput") and not getattr(config.option, "loadgroup", False):
            return []
        group = self._planned.group
        params = [
            item.callspec.params["scenario_cell"][1]
            for item in self._item.session.items
            if _group_of(item) == group and hasattr(item, "callspec")
        ]
        return [one.cell for one in params if one.cell.scenario.timed and not one.verdict]

    def judge(self) -> None:
        """Run the cell; pass, fail, skip or xfail the test accordingly."""
        from harness import verdicts
        from harness.report.text import failure_text

        result = self.result()
        self._item.stash[RECORD] = result.record()
        for name in ("verdict", "level", "severity", "requirement"):
            self._item.user_properties.append((name, getattr(result, name)))
        strict = self._options.strict
        if result.verdict == verdicts.PASSED:
            return
        if result.verdict in (verdicts.SKIPPED, verdicts.UNDECLARED):
            pytest.skip(f"{result.verdict}: {result.reason}")
        if result.verdict == verdicts.FINDING or (
            result.verdict == verdicts.FAILED and result.level == "should" and not strict
        ):
            pytest.xfail(f"{result.verdict}: {result.reason or result.actual}")
        pytest.fail(failure_text(result), pytrace=False)


@pytest.fixture(scope="session")
def idp_target_runs(request: pytest.FixtureRequest) -> Iterator[TargetRuns]:
    """The running services and identity providers of this process; ended with the pytest session."""
    from harness.target_runs import TargetRuns

    runs = TargetRuns()
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


class ResultsFile:
    """Writes the record of each cell as it comes in, one JSON object a line."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = file.open("w", encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = getattr(report, "idp_cell", None)
        if record is not None:
            self._stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._stream.flush()

    def pytest_unconfigure(self) -> None:
        self._stream.close()
