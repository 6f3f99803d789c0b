"""`idp-harness mutants`: with faults, scenarios and mistakes of somebody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_call import few_scenarios, idp_harness
from fault_files import write_faults
from scenario_files import HEAD, write_scenario

OWN_HEAD = HEAD.replace("m-no-exp-check", "m-house-backdoor")
STATIC = 'config.verification = "public_key"\nstyles = ["okta"]\n'
OWN_BODY = STATIC + 'token.claims.sub = "mallory"\ntoken.times = { exp = -600, iat = -900 }\nexpect = "reject"\n'


def matrix(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "matrix.json").read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_scenario_of_ones_own_catches_a_fault_of_ones_own(tmp_path: Path, mine: Path, workers: str) -> None:
    """In every process."""
    file = write_faults(tmp_path / "fears.py")
    write_scenario(mine, OWN_BODY, head=OWN_HEAD)
    done = idp_harness(
        *("mutants", "m-house-backdoor", "--mutants-from", file, "--scenarios", mine, "-n", workers),
        *("--json", "matrix.json", "--no-baseline"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [mutant] = matrix(tmp_path)["mutants"]
    assert (mutant["verdict"], mutant["killers"], mutant["file"]) == (
        "killed",
        ["area/topic/a-case[okta]"],
        str(file),
    )
    assert "1 of 1 faults killed" in done.stdout


def test_a_fault_that_no_scenario_catches_survives(tmp_path: Path, mine: Path) -> None:
    """Exit status 1, with the sentence and what to do."""
    file, few = write_faults(tmp_path / "fears.py"), few_scenarios(tmp_path, "baseline/plain-tokens", "time/expiry")
    arguments = ("--mutants-from", file, "--scenarios", mine, "-n", "0", "--no-baseline")
    done = idp_harness("mutants", "m-house-backdoor", *arguments, folder=tmp_path, **few)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "m-house-backdoor survived: The tokens of one subject never expire." in done.stdout
    assert 'write a scenario that fails with it, with kills = ["m-house-backdoor"]' in done.stdout


def test_a_requirement_that_the_reference_breaks_is_a_false_alarm(tmp_path: Path, mine: Path) -> None:
    """Exit status 1 although the fault is killed; the cell is shown with what was expected and what came."""
    write_scenario(mine, STATIC + "expect = [418]\n")
    arguments = ("mutants", "m-no-exp-check", "--scenarios", mine, "-n", "0", "--json", "matrix.json")
    done = idp_harness(*arguments, folder=tmp_path, **few_scenarios(tmp_path, "time/expiry"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the reference without a fault: failed area/topic/a-case[okta]" in done.stdout
    assert "  expected     " in done.stdout
    [failed] = matrix(tmp_path)["baseline"]["failed"]
    assert (failed["id"], failed["verdict"]) == ("area/topic/a-case[okta]", "failed")
    assert "418" in failed["expected"]
    assert failed["actual"].startswith("200")


def test_the_baseline_can_be_left_out(tmp_path: Path, mine: Path) -> None:
    """Then nobody notices a scenario that fails always."""
    write_scenario(mine, STATIC + "expect = [418]\n")
    arguments = ("mutants", "m-no-exp-check", "--scenarios", mine, "-n", "0", "--no-baseline", "--json", "matrix.json")
    done = idp_harness(*arguments, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert matrix(tmp_path)["baseline"] is None


def test_with_all_kills_a_scenario_that_catches_nothing_is_listed(tmp_path: Path, mine: Path) -> None:
    """Exit status 1: it names a fault that it can't see."""
    write_scenario(mine, STATIC + 'expect = "accept"\n')
    write_scenario(mine, STATIC + 'token.times = { exp = -600, iat = -900 }\nexpect = "reject"\n', topic="good")
    arguments = ("mutants", "m-no-exp-check", "--scenarios", mine, "-n", "0", "--all-kills", "--json", "matrix.json")
    done = idp_harness(*arguments, folder=tmp_path, **few_scenarios(tmp_path, "time/expiry"))
    assert done.returncode == 1, done.stdout + done.stderr
    listed = done.stdout.partition("scenarios that name faults and caught none of them:")[2]
    assert "area/topic/a-case: m-no-exp-check" in listed
    rows = {row["id"]: row["killed"] for row in matrix(tmp_path)["scenarios"]}
    assert (rows["area/good/a-case"], rows["area/topic/a-case"]) == (["m-no-exp-check"], [])


def test_a_wrong_file_of_faults_is_exit_status_2(tmp_path: Path) -> None:
    file = write_faults(tmp_path / "fears.py", "def f(:\n")
    done = idp_harness("mutants", "--mutants-from", file, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"idp-harness: {file}:4: is no Python")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_fault_of_ones_own_can_be_switched_on_in_a_run(tmp_path: Path, mine: Path, workers: str) -> None:
    """Every process of the run knows it."""
    file = write_faults(tmp_path / "fears.py")
    write_scenario(mine, OWN_BODY, head=OWN_HEAD)
    arguments = ("--fault", "m-house-backdoor", "--mutants-from", file, "--scenarios", mine, "-n", workers)
    done = idp_harness("run", "area/", "--target", "reference", *arguments, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
