"""Expected findings: known deviations must fail, and only for scenarios that exist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scenario_files import load_scenario, write_expected

from harness.base.errors import ScenarioFileError
from harness.base.verdicts import ERROR, FAILED, FINDING, HELD_UP, INCONCLUSIVE, PASSED, SKIPPED, STALE, UNDECLARED
from harness.declared.expected import Difference, ExpectedFinding, Known, apply, load_expected
from harness.grammar.model import Cell, Scenario
from harness.matrix.cell_runner import blank_result

ENTRY = """
[[finding]]
scenario = "area/topic/a-case"
requirement = "RFC 0 §0"
reason = "it never looks"
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return load_scenario(tmp_path, 'expect = "reject"\n[a-case.variants]\none = {}\ntwo = {}\n')


def cell(scenario: Scenario, variant: str = "one", style: str = "okta") -> Cell:
    return Cell(scenario, next(one for one in scenario.variants if one.name == variant), style)


def outcome(verdict: str, one: Cell, *findings: Known) -> tuple[str, str]:
    result = blank_result(one, "thing")
    result.verdict = verdict
    apply(result, one, findings)
    return result.verdict, result.reason


FOUND = ExpectedFinding("area/topic/a-case", "RFC 0 §0", "it never looks")


def test_a_listed_failure_is_a_finding_with_its_reason(scenario: Scenario) -> None:
    assert outcome(FAILED, cell(scenario), FOUND) == (FINDING, "it never looks")


def test_a_listed_cell_that_passes_is_stale(scenario: Scenario) -> None:
    verdict, reason = outcome(PASSED, cell(scenario), FOUND)
    assert verdict == STALE
    assert "take the entry out" in reason


def test_a_listed_cell_that_passes_without_a_processor_proves_nothing(scenario: Scenario) -> None:
    """It isn't the service that has changed."""
    result = blank_result(cell(scenario), "thing")
    result.verdict, result.evidence = PASSED, {HELD_UP: "the harness had to wait"}
    apply(result, cell(scenario), [FOUND])
    assert (result.verdict, result.reason.partition(".")[0]) == (INCONCLUSIVE, "the harness had to wait")


def test_a_listed_cell_that_deviates_without_a_processor_is_a_finding(scenario: Scenario) -> None:
    """It is known that it deviates; but one whose control failed says nothing."""
    for actual, verdict in (("200 OK", FINDING), ("", INCONCLUSIVE)):
        result = blank_result(cell(scenario), "thing")
        result.verdict, result.actual, result.evidence = INCONCLUSIVE, actual, {HELD_UP: "the harness had to wait"}
        assert apply(result, cell(scenario), [FOUND]).verdict == verdict


@pytest.mark.parametrize("verdict", [ERROR, INCONCLUSIVE, SKIPPED, UNDECLARED])
def test_a_listed_cell_that_proved_nothing_stays_what_it_is(scenario: Scenario, verdict: str) -> None:
    assert outcome(verdict, cell(scenario), FOUND)[0] == verdict


def test_a_failure_that_is_not_listed_stays_failed(scenario: Scenario) -> None:
    assert outcome(FAILED, cell(scenario))[0] == FAILED


@pytest.mark.parametrize(
    ("variants", "styles", "covered"),
    [
        ((), (), True),
        (("one",), (), True),
        (("two",), (), False),
        ((), ("okta", "auth0"), True),
        ((), ("auth0",), False),
        (("one",), ("okta",), True),
        (("one",), ("auth0",), False),
    ],
)
def test_an_entry_covers_its_variants_and_styles(
    scenario: Scenario, variants: tuple[str, ...], styles: tuple[str, ...], covered: bool
) -> None:
    finding = ExpectedFinding("area/topic/a-case", "r", "r", variants, styles)
    assert finding.covers(cell(scenario, "one", "okta")) is covered


def test_entries_are_read_from_the_targets_file(tmp_path: Path, scenario: Scenario) -> None:
    write_expected(tmp_path, ENTRY + 'variants = ["one"]\nstyles = ["okta"]\n', "my-target")
    finding = ExpectedFinding("area/topic/a-case", "RFC 0 §0", "it never looks", ("one",), ("okta",))
    assert load_expected("my-target", [scenario], [tmp_path]) == [finding]
    assert load_expected("another-target", [scenario], [tmp_path]) == []


MISTAKES = {
    "scenario": (
        ENTRY.replace("a-case", "a-csae"),
        "'area/topic/a-csae' is no scenario; did you mean 'area/topic/a-case'?",
    ),
    "variant": (ENTRY + 'variants = ["thre"]\n', "'thre' is no variant of area/topic/a-case"),
    "style": (ENTRY + 'styles = ["oktta"]\n', "'oktta' is no style; did you mean 'okta'?"),
    "key": (ENTRY + 'reasn = "x"\n', "a finding has no key 'reasn'; did you mean 'reason'?"),
    "reason": (ENTRY.replace("it never looks", " "), "the finding 'area/topic/a-case' needs reason"),
    "variants-text": (ENTRY + 'variants = "one"\n', "variants must be a list of texts, not 'one'"),
    "styles-number": (ENTRY + "styles = 1\n", "styles must be a list of texts, not 1"),
    "styles-empty-text": (ENTRY + 'styles = [""]\n', "styles must be a list of texts, not ['']"),
    "scenario-list": (ENTRY.replace('"area/topic/a-case"', "[1]"), "the finding [1] needs scenario"),
    "reason-number": (ENTRY.replace('"it never looks"', "nan"), "the finding 'area/topic/a-case' needs reason"),
    "requirement": (ENTRY.replace("requirement", "# requirement"), "the finding 'area/topic/a-case' needs requirement"),
}


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_the_entrys_line(
    tmp_path: Path, scenario: Scenario, text: str, sentence: str
) -> None:
    """The second entry is the wrong one, and the line is inside it."""
    file = write_expected(tmp_path, ENTRY + text)
    with pytest.raises(ScenarioFileError) as caught:
        load_expected("reference", [scenario], [tmp_path])
    assert sentence in caught.value.sentence
    assert (caught.value.file, caught.value.line > ENTRY.count("\n")) == (file, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("findings = []\n", "no key 'findings'; did you mean 'finding'?"),
        ("finding = [3]\n", "a finding must be a table, not 3"),
        ("finding = nan\n", "each finding is a table in double brackets"),
        ("finding = 3\n", "each finding is a table in double brackets"),
        ('[finding]\nscenario = "x"\n', "each finding is a table in double brackets"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, scenario: Scenario, text: str, sentence: str) -> None:
    write_expected(tmp_path, text)
    with pytest.raises(ScenarioFileError, match=sentence):
        load_expected("reference", [scenario], [tmp_path])


SAME = 'same_as = "other"\n'
DIFFERENCE = Difference("area/topic/a-case", "other", "it looks", (FOUND,))
DIFFERS = '[[differs]]\nscenario = "area/topic/a-case"\nreason = "it looks"\n'


def test_a_target_that_is_the_same_as_another_has_its_findings(tmp_path: Path, scenario: Scenario) -> None:
    write_expected(tmp_path, ENTRY, "other")
    write_expected(tmp_path, SAME, "mine")
    assert load_expected("mine", [scenario], [tmp_path]) == [FOUND]


def test_what_it_says_itself_of_a_scenario_goes_before(tmp_path: Path, scenario: Scenario) -> None:
    write_expected(tmp_path, ENTRY, "other")
    write_expected(tmp_path, SAME + ENTRY.replace("never", "seldom") + 'variants = ["one"]\n', "mine")
    assert [one.reason for one in load_expected("mine", [scenario], [tmp_path])] == ["it seldom looks"]
    write_expected(tmp_path, SAME + DIFFERS, "mine")
    assert load_expected("mine", [scenario], [tmp_path]) == [DIFFERENCE]


def test_what_passes_unlike_the_other_says_so_and_what_fails_has_failed(scenario: Scenario) -> None:
    assert outcome(PASSED, cell(scenario), DIFFERENCE) == (PASSED, "unlike other: it looks")
    assert outcome(FAILED, cell(scenario), DIFFERENCE) == (FAILED, "")


def test_it_is_unlike_the_other_only_where_that_is_known_to_fail(scenario: Scenario) -> None:
    difference = replace(DIFFERENCE, findings=(replace(FOUND, variants=("one",)),))
    assert outcome(PASSED, cell(scenario, "two"), difference) == (PASSED, "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('same_as = "nobody"\n', "same_as must name another target with expected findings, not 'nobody'"),
        ("same_as = 3\n", "same_as must name another target"),
        ('same_as = "mine"\n', "same_as must name another target"),
        ('same_as = "again"\n', "another file is the same as this one, so it must have all of its findings itself"),
        (DIFFERS, "there is nothing to differ from"),
        (SAME + DIFFERS.replace("a-case", "a-csae"), "'area/topic/a-csae' is no scenario with a finding of other"),
        (SAME + DIFFERS.replace("it looks", ""), "the difference 'area/topic/a-case' needs reason"),
        (SAME + DIFFERS + "styles = []\n", "a difference has no key 'styles'"),
        (SAME + "differs = 3\n", r"each differs is a table in double brackets, \[\[differs\]\]"),
    ],
)
def test_a_mistake_about_another_target_is_refused(
    tmp_path: Path, scenario: Scenario, text: str, sentence: str
) -> None:
    write_expected(tmp_path, ENTRY, "other")
    write_expected(tmp_path, SAME, "again")
    write_expected(tmp_path, text, "mine")
    with pytest.raises(ScenarioFileError, match=sentence):
        load_expected("mine", [scenario], [tmp_path])
