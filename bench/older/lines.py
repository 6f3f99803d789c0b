"""The lines of the table: what each build does, and how it is measured there."""

from __future__ import annotations

import statistics
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.older.builds import Build
from bench.older.command import Cost, cost_of
from bench.older.verdicts import Verdicts, verdicts_in

Sample = dict[str, float]
"""Numbers of one measurement, by the name of their line."""

_TESTS = 300
_EMPTY = (
    "import pytest\n\n\n@pytest.mark.parametrize('number', range({count}))\ndef test_empty(number{more}):\n    pass\n"
)
_NAMES = """
from importlib.metadata import entry_points
print(*(one.name for one in entry_points(group="pytest11") if one.dist.name == "idp-harness"))
"""


@dataclass(frozen=True)
class Line:
    """One row: `unit` is of its numbers; `target` is how much of the older build's number is wanted, at most."""

    name: str
    unit: str
    target: float | None = None


@dataclass(frozen=True)
class Part:
    """What is measured at once, with the lines that come of it. `measure` may leave verdicts in what it is given."""

    name: str
    lines: Sequence[Line]
    measure: Callable[[Build, Verdicts], Sample]


def _matrix(target: str) -> Callable[[Build, Verdicts], Sample]:
    def measure(build: Build, verdicts: Verdicts) -> Sample:
        with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
            command = [build.program("idp-harness"), "run", "--target", target, "-n", "2", "--report-dir", folder]
            cost = _judged(cost_of(command, build.folder))
            verdicts |= verdicts_in(Path(folder) / "results.jsonl")
        return {f"{target}: wall": cost.wall_s, f"{target}: CPU": cost.cpu_s, f"{target}: memory": cost.memory_mib}

    return measure


def _mutants(build: Build, _: Verdicts) -> Sample:
    cost = _judged(cost_of([build.program("idp-harness"), "mutants", "-n", "2"], build.folder))
    return {"mutants: wall": cost.wall_s, "mutants: CPU": cost.cpu_s}


def _project(build: Build, _: Verdicts) -> Sample:
    """The tests that need no container and no browser, which not every machine has."""
    marks = "not docker and not browser"
    cost = _judged(cost_of([build.program("pytest"), "-q", "-n", "auto", "-m", marks], build.folder))
    return {"tests: wall": cost.wall_s, "tests: CPU": cost.cpu_s}


def _fixture(build: Build, _: Verdicts) -> Sample:
    """A test with the fixture `issuer` after the first one, less an empty test; medians."""
    with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as name:
        folder = Path(name)
        for test, more in (("test_empty", ""), ("test_issuer", ", issuer")):
            (folder / f"{test}.py").write_text(_EMPTY.format(count=_TESTS, more=more), encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\njunit_duration_report = total\n", encoding="utf-8")
        command = [build.program("pytest"), "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--junitxml=all.xml"]
        _judged(cost_of(command, folder))
        seconds: dict[str, list[float]] = {}
        for case in ElementTree.parse(folder / "all.xml").getroot().iter("testcase"):
            seconds.setdefault(case.attrib["classname"], []).append(float(case.attrib["time"]))
    middle = {name: statistics.median(each[1:]) for name, each in seconds.items()}
    return {"fixture issuer": 1000 * (middle["test_issuer"] - middle["test_empty"])}


def _plugins(build: Build, _: Verdicts) -> Sample:
    """A start of pytest with our plugins, less one in which they are switched off: processor time, the median of seven.

    A start waits for nothing, and by the clock it would be as long as others let it be.
    """
    names = cost_of([str(build.python), "-c", _NAMES], build.folder).output.split()
    off = [part for name in names for part in ("-p", f"no:{name}")]
    with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text(_EMPTY.format(count=1, more=""), encoding="utf-8")
        pytest = [build.program("pytest"), "-q", "-p", "no:cacheprovider"]
        pairs = [(_judged(cost_of(pytest, folder)), _judged(cost_of([*pytest, *off], folder))) for _ in range(7)]
    return {"plugins: CPU": 1000 * statistics.median(with_.cpu_s - without.cpu_s for with_, without in pairs)}


def _judged(cost: Cost) -> Cost:
    """Raises RuntimeError with the end of the output of what could not do its work."""
    if cost.status not in (0, 1):
        raise RuntimeError(f"exit status {cost.status}:\n{cost.output[-2000:]}")
    return cost


PARTS: Mapping[str, Part] = {
    part.name: part
    for part in (
        Part(
            "worker",
            (
                Line("tasker-worker: wall", "s", 0.40),
                Line("tasker-worker: CPU", "s", 0.60),
                Line("tasker-worker: memory", "MiB", 0.75),
            ),
            _matrix("tasker-worker"),
        ),
        Part(
            "reference",
            (Line("reference: wall", "s", 0.33), Line("reference: CPU", "s"), Line("reference: memory", "MiB")),
            _matrix("reference"),
        ),
        Part("mutants", (Line("mutants: wall", "s", 0.40), Line("mutants: CPU", "s")), _mutants),
        Part("tests", (Line("tests: wall", "s", 0.60), Line("tests: CPU", "s")), _project),
        Part("fixture", (Line("fixture issuer", "ms"),), _fixture),
        Part("plugins", (Line("plugins: CPU", "ms"),), _plugins),
    )
}
