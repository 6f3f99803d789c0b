"""`idp-harness mutants` with faults that rules derive: the scenarios they meet, what is listed as none, the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_call import few_scenarios, idp_harness

from harness.base.errors import ScenarioFileError, UsageError
from harness.mutants.equivalent import load_equivalent
from harness.mutants.reference_kinds import ReferenceKinds, target_options
from harness.mutants.related import ranks_of
from harness.mutants.selection import select_faults
from harness.reference.derived import derived_faults
from harness.reference.faults import FAULTS
from harness.scenario.loader import load_all

CAUGHT = "d-claims-checker-check-expiry-check-2-left-out"
# Nobody can ask at the very moment at which a token ends.
LIMIT = "d-claims-checker-check-expiry-limit-1-moved"


def test_a_derived_fault_meets_first_what_uses_its_method() -> None:
    """After one plain token and none at all; each scenario has one turn, and a fault that is not listed meets all."""
    scenarios = load_all()
    plain, near, part, area, rest = ranks_of(CAUGHT, scenarios, listed=False)
    assert [one.slug for one in plain] == ["base-rs256-accept", "tr-missing"]
    methods = {FAULTS[name].method for one in near for name in one.kills if name in FAULTS}
    assert "check_expiry" in methods
    assert "time-exp-past" in {one.slug for one in near}
    assert "time-nbf-future" in {one.slug for one in part}
    assert {one.id.partition("/")[0] for one in area} <= {one.id.partition("/")[0] for one in near}
    ids = [one.id for rank in (plain, near, part, area, rest) for one in rank]
    assert sorted(ids) == sorted(one.id for one in scenarios)


def test_the_first_cells_are_a_plain_token_and_none() -> None:
    """What keeps everybody out and what lets everybody in is caught there, in two cells."""
    scenarios = load_all()
    killers = ReferenceKinds(scenarios, []).killers(CAUGHT)
    phases = killers.phases_by_rank(ranks_of(CAUGHT, scenarios, listed=False), timed=False)
    cells = [cell for _, phase in zip(range(2), phases, strict=False) for cell in phase]
    assert [cell.scenario.slug for cell in cells] == ["base-rs256-accept", "tr-missing"]


def test_one_that_is_listed_meets_only_the_near_ones() -> None:
    """It is known to survive, and all of them are to be looked at in each run."""
    scenarios = load_all()
    assert ranks_of(LIMIT, scenarios, listed=True) == ranks_of(LIMIT, scenarios, listed=False)[:3]


def test_the_phases_grow_and_begin_with_one_cell() -> None:
    """Where the first one fails the others cost nothing."""
    scenarios = load_all()
    killers = ReferenceKinds(scenarios, []).killers(CAUGHT)
    ranks = ranks_of(CAUGHT, scenarios, listed=False)[1:3]
    sizes = [len(phase) for phase in killers.phases_by_rank(ranks, timed=False)]
    assert sizes[0] == 1
    assert sizes[1] > 1
    timed = [cell for phase in killers.phases_by_rank(ranks, timed=True) for cell in phase if cell.scenario.timed]
    assert "time-expiry-is-rechecked" in {cell.scenario.slug for cell in timed}


def test_a_fault_of_another_service_runs_there() -> None:
    assert target_options("d-rights-flag-condition-1-negated") == (("service", "windmill"),)
    assert target_options(CAUGHT) == ()


@pytest.mark.parametrize(
    ("words", "derived", "names"),
    [
        (["m-exp-optional"], False, ["m-exp-optional"]),
        ([CAUGHT], False, [CAUGHT]),
        ([LIMIT, "d-claims-checker-check-expiry-check-2-*"], False, [CAUGHT, LIMIT]),
        (["*check-expiry-limit*"], True, [LIMIT]),
        (["m-exp-optiona?"], False, ["m-exp-optional"]),
    ],
)
def test_faults_are_selected_by_name_and_by_pattern(words: list[str], derived: bool, names: list[str]) -> None:
    assert select_faults(words, derived=derived) == names


def test_without_words_all_are_selected() -> None:
    """The named ones, or those that rules derive."""
    assert select_faults([], derived=False) == sorted(FAULTS)
    assert select_faults([], derived=True) == sorted(derived_faults())


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("d-claims-checker-check-expiry-limit-1-move", f"did you mean '{LIMIT}'?"),
        ("d-nothing-*", "`idp-harness mutants --list` shows them"),
        ("m-exp-optionl", "did you mean 'm-exp-optional'?"),
    ],
)
def test_a_word_that_selects_nothing_is_refused(word: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        select_faults([word], derived=True)
    assert sentence in str(refused.value)


def test_what_is_listed_as_no_fault_exists_and_has_a_reason() -> None:
    """The file that comes with the harness."""
    assert all(id in derived_faults() and reason.endswith(".") for id, reason in load_equivalent().items())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'[a]\nreason = "why"\nfaults = [\n"{LIMIT}x"]\n', "4: there is no derived fault"),
        (f'[a]\nreason = "why"\nfaults = ["{LIMIT}"]\n[b]\nreason = "why"\nfaults = ["{LIMIT}"]\n', "6: .*named twice"),
        (f'[a]\nreason = " "\nfaults = ["{LIMIT}"]\n', "2: .*needs a reason"),
        (f'[a]\nfaults = ["{LIMIT}"]\n', "1: .*needs reason"),
        ('[a]\nreason = "why"\nfaults = "all"\n', "3: "),
        ('[a]\nreason = "why"\nfaults = []\nlines = 1\n', "4: .*no key 'lines'"),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioFileError, match=f"equivalent.toml:{sentence}"):
        load_equivalent(file)


def test_the_command_shows_which_one_survives(tmp_path: Path, mine: Path) -> None:
    """With the line of its source and what is changed there."""
    # The profile of this test lets nobody fetch keys, so that this one isn't caught.
    caught, survivor = "d-jwt-authenticator-verify-check-2-left-out", "d-jwks-fetcher-check-host-check-1-left-out"
    arguments = ("--scenarios", mine, "--no-baseline", "-n", "0", "--json", "matrix.json")
    few = few_scenarios(tmp_path, "baseline/plain-tokens", "signature/damage")
    done = idp_harness("mutants", caught, survivor, *arguments, folder=tmp_path, **few)
    assert done.returncode == 1, done.stdout + done.stderr
    rows = json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8"))["mutants"]
    assert {row["mutant"]: row["verdict"] for row in rows} == {caught: "killed", survivor: "survived"}
    assert f"{survivor} survived: JwksFetcher.check_host" in done.stdout
    assert f"source       {derived_faults()[survivor].source}" in done.stdout
    assert "1 of 2 faults killed in" in done.stdout


def test_the_command_lists_faults(tmp_path: Path) -> None:
    """Without running one."""
    done = idp_harness("mutants", "d-claims-checker-check-expiry-limit-*", "--list", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{LIMIT}  harness/reference/claims.py:")


def test_an_unknown_derived_fault_is_wrong_usage(tmp_path: Path) -> None:
    done = idp_harness("mutants", f"{LIMIT}x", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"did you mean '{LIMIT}'?" in done.stderr


def test_a_run_takes_a_derived_fault(tmp_path: Path) -> None:
    """As it takes a named one: to look at it."""
    arguments = ("--target", "reference", "--fault", CAUGHT, "--style", "okta", "-n", "0")
    done = idp_harness("run", "time-exp-past", *arguments, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
