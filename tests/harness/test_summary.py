"""The end of a run as a person reads it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from harness.base.verdicts import FAILED, FINDING, PASSED, SKIPPED, STALE, UNDECLARED, CellResult
from harness.report.summary import again_line, print_summary


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


def printed(*results: CellResult) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_summary(console, results, seconds=None)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_hint_names_the_whole_cell() -> None:
    """Its brackets are no markup."""
    assert "idp-harness run 'a/b/c-d[okta-two]' --target x --hold" in printed(
        result("a/b/c-d[okta-two]", FAILED, curl="curl")
    )


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
