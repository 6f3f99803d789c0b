"""JUnit, read by a parser of others: a suite for each area, a case for each scenario."""

from __future__ import annotations

import pytest
from cells import HOSTILE, cell
from junitparser import Error, Failure, JUnitXml, Skipped

from harness.report.pipeline.junit import is_junit, junit_of

CELLS = (
    cell("time/expiry/a", "passed"), cell("time/expiry/a", "failed", "one"), cell("time/leeway/b", "passed"),
    cell("kid/selection/c", "finding", reason="known"), cell("kid/selection/d", "inconclusive", reason="busy"),
    cell("kid/selection/e", "skipped", reason="no route"), cell("kid/selection/e", "passed", "one"),
    cell("kid/selection/f", "undeclared", reason="not said"), cell("kid/selection/g", "failed", level="should"),
)  # fmt: skip


def read(text: str) -> dict[str, dict[str, list[str]]]:
    """Suite, case, and what kinds of result it has."""
    found: dict[str, dict[str, list[str]]] = {}
    for suite in JUnitXml.fromstring(text.encode()):
        found[suite.name] = {case.name: [type(one).__name__.lower() for one in case.result] for case in suite}
    return found


def test_each_area_is_a_suite_and_each_scenario_a_case() -> None:
    """One that passed where it was judged has passed."""
    assert read(junit_of(CELLS)) == {
        "kid": {"c": ["skipped"], "d": ["error"], "e": [], "f": ["skipped"], "g": ["skipped"]},
        "time": {"a": ["failure"], "b": []},
    }


def test_a_broken_should_fails_where_it_counts() -> None:
    assert read(junit_of(CELLS, strict=True))["kid"]["g"] == ["failure"]


def test_the_numbers_are_those_of_the_cases() -> None:
    suites = JUnitXml.fromstring(junit_of(CELLS, ["a disk was full"]).encode())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (8, 1, 2, 3)
    for suite in suites:
        kinds = [type(one) for case in suite for one in case.result]
        assert suite.tests == len(list(suite))
        assert (suite.failures, suite.errors, suite.skipped) == tuple(map(kinds.count, (Failure, Error, Skipped)))


def test_a_hundred_identical_cells_are_one_alarm_with_a_short_message() -> None:
    """The text below it has what they have in common once."""
    cells = [cell("time/expiry/a", "failed", str(number), actual="x" * 5000) for number in range(100)]
    ((case,),) = JUnitXml.fromstring(junit_of(cells).encode())
    (failure,) = case.result
    assert failure.message.startswith("failed, 100 of 100 cells: expected reject: 401; got xxx")
    assert len(failure.message) <= 400
    assert failure.text.count("requirement") == 1
    assert "100: okta-0, " in failure.text


def test_the_gravest_comes_first() -> None:
    cells = [cell("a/b/c"), cell("z/y/x", severity="catastrophic")]
    assert list(read(junit_of(cells))) == ["z", "a"]


def test_what_went_wrong_beside_the_cells_is_an_error() -> None:
    """Also where there is no cell at all; no character that XML has no place for is written."""
    data = junit_of([], ["it broke \x00\x1b\ud800 off", "and more"])
    assert read(data) == {"idp-harness": {"problem-1": ["error"], "problem-2": ["error"]}}
    assert "it broke \ufffd\ufffd\ufffd off" in data


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_it(text: str) -> None:
    cells = [cell(actual=text * 50), cell("a/b/c", "error", reason=text), cell("a/b/d", "skipped", reason=text)]
    assert read(junit_of(cells, [text]))["time"] == {"time-exp-past": ["failure"]}


def test_ten_thousand_cells() -> None:
    cells = [
        cell(f"a{n % 9}/b/c{n % 500}", "failed" if n % 3 else "passed", str(n), actual=str(n)) for n in range(10_000)
    ]
    data = junit_of(cells)
    assert sum(map(len, read(data).values())) == len({one.scenario for one in cells})
    assert len(data) < 20_000_000


def test_it_is_told_from_a_file_of_somebody_else() -> None:
    """Pytest's with our cells is one that a run before 0.2 has left."""
    assert is_junit(junit_of(CELLS).encode())
    assert is_junit(b'<testsuites><testsuite><testcase classname="harness.suite.test_scenarios" name="a"/>')
    assert not is_junit(b'<testsuites><testsuite><testcase classname="tests.test_mine" name="a"/>')
    assert not is_junit(b"<testsuites/>")
