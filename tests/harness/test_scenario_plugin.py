"""Scenarios as tests of somebody's own suite, chosen by a marker or by options."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from scenario_files import HEAD, policy_text, write_expected, write_policies, write_scenario

from harness.grammar.vocabulary import STYLES

pytest_plugins = ("pytester",)

Pytester = pytest.Pytester
USAGE_ERROR = 4
SUITE = ("--pyargs", "harness.suite.test_scenarios")


def run(pytester: Pytester, *arguments: str) -> pytest.RunResult:
    """A pytest run in the folder, with warnings as errors."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *arguments)


def suite(pytester: Pytester, marker: str) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.idp_scenarios({marker})
        def test_service(scenario_cell):
            scenario_cell.judge()
        """
    )


def test_the_marker_chooses_what_is_run(pytester: Pytester) -> None:
    """One test for each cell, with the cell's id; all styles unless some are named."""
    suite(pytester, 'target="reference", select=["base-rs256-accept"], style=["auth0", "okta"]')
    result = run(pytester, "-v")
    result.assert_outcomes(passed=2)
    cells = [f"*test_service?baseline/plain-tokens/base-rs256-accept?{style}?? PASSED*" for style in ("auth0", "okta")]
    result.stdout.fnmatch_lines_random(cells)


def test_a_service_that_breaks_a_requirement_fails_its_test(pytester: Pytester) -> None:
    """The text has the requirement, what was expected, what came, and the command that repeats it."""
    suite(pytester, 'select=["time-exp-past"], style=["auth0"], fault=["m-no-exp-check"]')
    result = run(pytester)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "failed: *",
            "  cell         time/expiry/time-exp-past?auth0*?",
            "  requirement  RFC 7519*(must, *)",
            "  expected     reject: 401",
            "  actual       200 OK*",
            "  repeat       curl -si *",
        ]
    )


MIXED = {
    "passes": 'expect = "accept"\n',
    "skipped": 'expect = "accept"\nrequest = "nowhere"\n',
    "undeclared": 'policy = { knob = "undeclared_knob", is = true, then = "reject", otherwise = "accept" }\n',
    "finding": "expect = [418]\n",
    "stale": 'expect = "accept"\n',
    "should": "expect = [418]\n",
    "error": 'token.header.kid = "{host}"\nexpect = "accept"\n',
}


def write_mixed(folder: Path) -> None:
    write_policies(folder, policy_text("undeclared_knob", "flag"))
    for topic, body in MIXED.items():
        head = HEAD.replace('"must"', '"should"') if topic == "should" else HEAD
        write_scenario(folder, f'styles = ["auth0"]\n{body}', area="mixed", topic=topic, head=head)
    entry = '[[finding]]\nscenario = "mixed/{}/a-case"\nrequirement = "RFC 0"\nreason = "known for years"\n'
    write_expected(folder, entry.format("finding") + entry.format("stale"))


def test_each_verdict_ends_its_test_in_its_own_way(pytester: Pytester, tmp_path: Path) -> None:
    """Passed, skipped with the reason, expected to fail, or failed; and each has its line in the results."""
    write_mixed(tmp_path)
    results, junit = tmp_path / "out" / "results.jsonl", tmp_path / "junit.xml"
    result = run(
        pytester, *SUITE, "--idp-select=mixed/", f"--idp-scenarios={tmp_path}", f"--idp-results={results}",
        f"--junitxml={junit}", "-rsx",
    )  # fmt: skip
    result.assert_outcomes(passed=1, skipped=2, xfailed=2, failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "*skipped: the profile reference has no route 'nowhere'*",
            "*undeclared: the profile reference doesn't declare the policy 'undeclared_knob'*",
            "*finding: known for years*",
            "stale: A fact",
        ]
    )
    records = [json.loads(line) for line in results.read_text().splitlines()]
    verdicts = {record["scenario"].split("/")[1]: record["verdict"] for record in records}
    assert verdicts == {**{name: name for name in MIXED}, "passes": "passed", "should": "failed"}
    properties = {one.attrib["name"]: one.attrib["value"] for one in ElementTree.parse(junit).iter("property")}
    assert properties.keys() == {"verdict", "level", "severity", "requirement"}


def test_strict_makes_a_broken_should_fail(pytester: Pytester, tmp_path: Path) -> None:
    write_mixed(tmp_path)
    run(pytester, *SUITE, "--idp-select=mixed/should", f"--idp-scenarios={tmp_path}", "--idp-strict").assert_outcomes(
        failed=1
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--idp-select=time-exp-psat"], "no scenario's id starts with 'time-exp-psat'; did you mean 'time-exp-past'?"),
        (["--idp-profile=refrence"], "there is no profile 'refrence'; did you mean 'reference'?"),
        (["--idp-style=okat"], "'okta'"),
        (["--idp-target-option=service"], "KEY=VALUE"),
        (["--idp-target-option=servce=worker"], "target reference has no option 'servce'; did you mean 'service'?"),
        (["--idp-fault=m-no-exp-chek"], "the reference has no fault 'm-no-exp-chek'; did you mean 'm-no-exp-check'?"),
        (["--idp-scenarios=/nowhere"], "/nowhere:1: is no directory of scenarios"),
    ],
    ids=["select", "profile", "style", "option", "option-name", "fault", "directory"],
)
def test_a_bad_option_is_a_usage_error(pytester: Pytester, options: list[str], sentence: str) -> None:
    """Before anything runs, in one sentence with the nearest name."""
    result = run(pytester, *SUITE, *options)
    assert result.ret == USAGE_ERROR
    assert sentence in result.stderr.str()
    result.stdout.no_fnmatch_line("*passed*")


def test_a_bad_name_is_an_error_in_two_processes_too(pytester: Pytester) -> None:
    result = run(pytester, *SUITE, "--idp-select=time-exp-psat", "-n", "2")
    assert result.ret != 0
    assert "did you mean 'time-exp-past'?" in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ('slect=["base"]', "the marker idp_scenarios has no option 'slect'; did you mean 'select'?"),
        ('select=["base-rs256-acept"]', "did you mean 'base-rs256-accept'?"),
    ],
)
def test_a_bad_marker_is_an_error_of_its_file(pytester: Pytester, marker: str, sentence: str) -> None:
    """In one sentence: nobody wants to read where the plugin noticed."""
    suite(pytester, marker)
    result = run(pytester, "-p", "no:schemathesis")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*ERROR collecting*", f"*{sentence}"])
    assert "Traceback" not in result.stdout.str()
    result.stdout.no_fnmatch_line("*scenario_plugin.py*")


def test_one_word_needs_no_list(pytester: Pytester) -> None:
    suite(pytester, 'select="base-rs256-accept", style="okta"')
    run(pytester).assert_outcomes(passed=1)


def test_a_broken_scenario_file_is_a_usage_error_with_its_line(pytester: Pytester, tmp_path: Path) -> None:
    file = write_scenario(tmp_path, 'expect = "rejct"\n')
    result = run(pytester, *SUITE, f"--idp-scenarios={tmp_path}")
    assert result.ret == USAGE_ERROR
    assert f"{file}:9: 'rejct' is no expectation; did you mean 'reject'?" in result.stderr.str()


def test_the_cells_of_a_service_run_in_one_process(pytester: Pytester) -> None:
    """Each of them would start the service again; pytest-xdist's own groups don't hold with every pytest."""
    suite(pytester, 'target="reference", select=["baseline/plain-tokens"]')
    junit = pytester.path / "junit.xml"
    result = run(pytester, "-n", "2", "--dist=loadgroup", "-v", f"--junitxml={junit}")
    result.assert_outcomes(passed=16)
    lines = [line for line in result.outlines if line.startswith("[gw")]
    where = {(style, line[1:4]) for line in lines for style in STYLES if f"[{style}" in line}
    assert len(where) == len(STYLES)
    assert {worker for _, worker in where} == {"gw0", "gw1"}
    names = {case.attrib["name"] for case in ElementTree.parse(junit).iter("testcase")}
    assert "test_service[baseline/plain-tokens/base-rs256-accept[okta]]" in names


def test_only_the_fast_cells_are_run_on_demand(pytester: Pytester) -> None:
    """Of an area those that wait for nothing, in each of the processes."""
    suite(pytester, 'target="reference", select=["kid/selection/kid-unknown", "rot-zero-downtime"], style="okta"')
    result = run(pytester, "-n", "2", "--dist=loadgroup", "--idp-fast")
    result.assert_outcomes(passed=1)


def test_cells_stay_with_their_service_in_two_processes(pytester: Pytester) -> None:
    """Shuffled, on two workers, with the same verdicts."""
    suite(pytester, 'target="reference", select=["baseline/plain-tokens", "kid/selection/kid-unknown"]')
    result = run(pytester, "-n", "2", "--dist=loadgroup", "--idp-shuffle=7")
    assert result.ret == 0
    result.assert_outcomes(passed=17)
    result.stdout.fnmatch_lines(["left out: 3 cells *(--idp-all-styles)"])
