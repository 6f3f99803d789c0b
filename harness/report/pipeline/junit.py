"""JUnit, as GitLab, Jenkins and the actions of GitHub show it: a suite for each area, a case for each scenario.

There is no standard; this keeps to what their readers have in common: `testsuites/testsuite/testcase` with `failure`,
`error` or `skipped`, and times in seconds. A case has the same name in every run, so that its history can be followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.first_changes import gravity, is_gravest
from harness.report.pipeline.alarms import short, what_came
from harness.report.summary import cell_names
from harness.report.text import failure_text

BEGINNING = b'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="idp-harness"'
_OURS = "idp-harness"
_MOST_CAUSES = 8
_LONGEST_BODY = 20_000
# What XML 1.0 has no place for, not even as a reference (section 2.2).
_NO_CHARACTER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# In the file that pytest writes.
_TEST_CASE = re.compile(rb'<testcase classname="([^"]*)"')
_OUR_TESTS = re.compile(rb"(.*\.)?test_scenarios")
_KINDS = ("failure", "error", "skipped")


def junit_of(
    results: Sequence[CellResult], problems: Sequence[str] = (), *, strict: bool = False, started: str = ""
) -> str:
    """The file: `problems` are sentences about what went wrong beside the cells, each an error of its own.

    A case is a failure where a cell breaks what binds, an error where one is undecided, skipped where a deviation is
    known, or a broken SHOULD doesn't count, or nothing was judged. `started` is a date and time (RFC 3339).
    """
    scenarios: dict[str, list[CellResult]] = {}
    for one in sorted(results, key=lambda one: (*gravity(one), one.id)):
        scenarios.setdefault(one.scenario, []).append(one)
    areas: dict[str, list[list[CellResult]]] = {}
    # Sorting keeps the order of what is alike: an area in which the service stands open comes first.
    for cells in sorted(scenarios.values(), key=lambda cells: (not is_gravest(cells[0]), cells[0].scenario)):
        areas.setdefault(cells[0].scenario.partition("/")[0], []).append(cells)
    top = Element("testsuites", name=_OURS)
    for area, found in areas.items():
        _suite(top, area, [_case(cells, strict) for cells in found], started)
    if problems:
        _suite(top, _OURS, [_problem(sentence, number) for number, sentence in enumerate(problems, 1)], started)
    for name in ("tests", "failures", "errors", "skipped"):
        top.set(name, str(sum(int(suite.get(name, "0")) for suite in top)))
    top.set("time", f"{sum(float(suite.get('time', '0')) for suite in top):.3f}")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def is_junit(data: bytes) -> bool:
    """Whether a file is such a one, or the beginning of one; until 0.1 it was pytest's, with a case for each cell."""
    if data.startswith(BEGINNING):
        return True
    names = _TEST_CASE.findall(data)
    return bool(names) and all(_OUR_TESTS.fullmatch(name) for name in names)


def _suite(top: Element, name: str, cases: Sequence[Element], started: str) -> None:
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in _KINDS}
    suite = SubElement(top, "testsuite", name=_text(name), tests=str(len(cases)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(counts[kind]))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    if started:
        suite.set("timestamp", started)
    suite.extend(cases)


def _case(cells: Sequence[CellResult], strict: bool) -> Element:
    first = cells[0]
    where, _, name = first.scenario.rpartition("/")
    case = Element("testcase", classname=_text(where.replace("/", ".")), name=_text(name))
    case.set("time", f"{sum(one.duration_s for one in cells):.3f}")
    properties = SubElement(case, "properties")
    for key, value in (
        ("target", first.target), ("level", first.level), ("severity", first.severity), ("cells", str(len(cells))),
        ("requirement", first.requirement),
    ):  # fmt: skip
        SubElement(properties, "property", name=key, value=_text(value))
    failed = [one for one in cells if verdicts.counts_as_failed(one, strict=strict)]
    undecided = [one for one in cells if one.verdict in (verdicts.ERROR, verdicts.INCONCLUSIVE)]
    known = [one for one in cells if one.verdict in (verdicts.FINDING, verdicts.FAILED)]
    if some := failed or undecided:
        kind = "failure" if failed else "error"
        _say(case, kind, some, len(cells)).text = _body([*failed, *undecided])
    elif known:
        _say(case, "skipped", known, len(cells))
    elif all(one.verdict in (verdicts.SKIPPED, verdicts.UNDECLARED) for one in cells):
        _say(case, "skipped", list(cells), len(cells))
    return case


def _say(case: Element, kind: str, some: Sequence[CellResult], of: int) -> Element:
    first = some[0]
    reason = first.reason if kind == "skipped" and first.reason else what_came(first)
    message = short(f"{first.verdict}, {len(some)} of {of} cells: {reason}")
    attributes = {"message": _text(message)} | ({} if kind == "skipped" else {"type": first.verdict})
    return SubElement(case, kind, attributes)


def _body(cells: Iterable[CellResult]) -> str:
    """What a person needs, once for each cause: cells that came out alike stand in one list."""
    causes: dict[tuple[str, str, str, str], list[CellResult]] = {}
    for one in cells:
        causes.setdefault((one.verdict, one.expected, one.actual, one.reason), []).append(one)
    parts = [f"{failure_text(some[0])}\n  cells        {cell_names(some)}" for some in causes.values()]
    left = len(parts) - _MOST_CAUSES
    more = [f"and {left} more causes: see report.html"] if left > 0 else []
    return _text(short("\n\n".join(parts[:_MOST_CAUSES] + more), _LONGEST_BODY))


def _problem(sentence: str, number: int) -> Element:
    case = Element("testcase", classname=_OURS, name=f"problem-{number}", time="0.000")
    SubElement(case, "error", message=_text(short(sentence)), type="problem").text = _text(sentence)
    return case


def _text(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", text)
