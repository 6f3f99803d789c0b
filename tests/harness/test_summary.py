"""The end of a run as a person reads it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from harness.base.verdicts import FAILED, FINDING, PASSED, SKIPPED, STALE, UNDECLARED, VERDICTS, CellResult
from harness.report.summary import again_line, print_summary, verdict_table


def result(cell: str, verdict: str, reason: str = "", curl: str = "") -> CellResult:
    evidence = {"curl": curl} if curl else {}
    return CellResult(
        cell,
        cell.partition("[")[0],
        "T",
        "",
        "okta",
        "x",
        {},
        verdict,
        "must",
        "high",
        "R",
        reason=reason,
        evidence=evidence,
    )


def printed(*results: CellResult, **more: Any) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_summary(console, results, seconds=None, **more)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_repeats_a_cell_names_the_whole_of_it() -> None:
    """Its brackets are no markup; while its service is held it is the request itself."""
    failed = result("a/b/c-d[okta-two]", FAILED, curl="curl -si x")
    assert "  repeat      idp-harness run 'a/b/c-d[okta-two]' --target x --hold\n" in printed(failed)
    assert "  repeat      curl -si x\n" in printed(failed, hint=False)


def test_a_service_that_runs_on_is_asked_by_the_request_itself() -> None:
    """What is at an address was there before the run."""
    assert "  repeat      curl -si x\n" in printed(
        replace(result("a/b/c[okta]", FAILED, curl="curl -si x"), target="url")
    )


def test_one_cause_is_told_once() -> None:
    """In full for its gravest scenario, in a line for each other one; `most` counts causes."""
    cells = [
        *(result(f"jwks-document/entries/one[{style}]", FINDING, "one spoils the set") for style in ("okta", "auth0")),
        replace(result("jwks-document/keys/two[okta]", FINDING, "no minimum"), severity="critical"),
        result("time/expiry/three[okta]", FINDING, "never ends"),
    ]
    text = printed(*cells)
    assert text.count("  requirement ") == 2
    assert text.startswith("finding jwks-document/keys/two  T")
    assert "  also        jwks-document/entries/one, 2 cells: one spoils the set\n" in text
    assert "three" not in printed(*cells, most=1).partition("area")[0]


def test_the_end_is_enough_to_act_on() -> None:
    """What to change first, then the most dangerous with the line that repeats it: on the last screen, worst first."""
    mild = result("time/expiry/mild[okta]", FAILED)
    grave = replace(result("identity/audience/grave[okta]", FINDING, "anybody's"), severity="catastrophic")
    lines = printed(mild, grave).splitlines()[-24:]
    end = lines[lines.index("what to change first") :]
    assert end[-5:] == [
        "the most dangerous  doesn't hold: T",
        "  happens     anybody's",
        "  repeat      idp-harness run 'identity/audience/grave[okta]' --target x --hold",
        "",
        "2 cells: 1 finding, 1 failed",
    ]


def test_the_table_fits_80_columns() -> None:
    """With every verdict, ten thousand cells of each, and an area with a long name."""
    cells = [
        result(f"area-{area}/b/c[okta-{n}]", verdict) for area in ("x", "y" * 40) for verdict in VERDICTS for n in "ab"
    ]
    console = Console(file=io.StringIO(), width=80)
    console.print(verdict_table(cells * 500))
    assert isinstance(console.file, io.StringIO)
    head, *rows = console.file.getvalue().splitlines()
    assert head.split() == ["area", "passed", "finding", "failed", "stale", "undecided", "not", "asked"]
    assert rows[0].split() == ["area-x", "1000", "1000", "1000", "1000", "2000", "2000"]
    assert max(map(len, [head, *rows])) <= 80


def test_a_long_answer_is_cut() -> None:
    """The page has the whole of it."""
    failed = result("a/b/c[okta]", FAILED)
    failed.expected, failed.actual = "reject: 401", "200 OK " + "x" * 5000
    assert "x" * 200 not in printed(failed)


@pytest.mark.parametrize(("target", "options"), [("reference", ""), ("container", " <options of this run>")])
def test_a_line_that_runs_a_cell_again_says_where_options_are_missing(target: str, options: str) -> None:
    """Without them `--target container` is another service."""
    again = again_line(replace(result("a/b/c-d[okta]", FAILED), target=target))
    assert again == f"idp-harness run 'a/b/c-d[okta]' --target {target}{options} --hold"


def test_policies_that_are_not_declared_stand_in_one_line() -> None:
    text = printed(
        result("a/b/c-d[okta]", UNDECLARED, "the profile x doesn't declare the policy 'kid_required'"),
        result("a/b/c-d[auth0]", UNDECLARED, "the profile x doesn't declare the policy 'kid_required'"),
        result("a/b/c-e[okta]", UNDECLARED, "the profile x doesn't declare the policy 'empty_set'"),
    )
    assert "undeclared  3 cells: the profile x doesn't declare these policies: empty_set (1), kid_required (2)" in text


def test_each_reason_to_skip_stands_once() -> None:
    text = printed(*(result(f"a/b/c-d[{style}]", SKIPPED, "the target lacks tls: no") for style in ("okta", "auth0")))
    assert "skipped     2 cells: the target lacks tls: no" in text


def test_without_a_time_none_is_told() -> None:
    assert "1 cells: 1 failed" in printed(result("a/b/c-d[okta]", FAILED))


@pytest.mark.parametrize("verdict", [FAILED, FINDING])
def test_a_service_that_stands_open_comes_before_all_else(verdict: str) -> None:
    """Also where that is known, and beside a must that failed otherwise."""
    gravest = replace(result("z/z/z-open[okta]", verdict), severity="catastrophic", level="should")
    text = printed(result("a/b/c-stale[okta]", STALE), result("a/b/c-d[okta]", FAILED), gravest)
    assert text.startswith(f"{verdict} z/z/z-open")
    assert text.count("z/z/z-open ") == 1


def test_one_that_kept_its_requirement_is_as_any_other() -> None:
    """The entry that says otherwise is out of date, no more."""
    stale = replace(result("z/z/z-open[okta]", STALE), severity="catastrophic")
    assert printed(stale, result("a/b/c-d[okta]", FAILED)).startswith("failed a/b/c-d")


def test_what_passes_unlike_another_service_is_told_once() -> None:
    text = printed(*(result(f"a/b/c-d[{style}]", PASSED, "unlike x: it looks") for style in ("okta", "auth0")))
    assert [line.split() for line in text.splitlines()[:3]] == [
        ["passed", "a/b/c-d"],
        ["reason", "unlike", "x:", "it", "looks"],
        ["cells", "2:", "okta,", "auth0"],
    ]
