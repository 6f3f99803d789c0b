"""`idp-harness compare`: what differs between two records, and what only one of them says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_call import idp_harness
from click.testing import CliRunner, Result

from harness.base.verdicts import VERDICTS, CellResult
from harness.cli import cli

DEVIATES, CONFORMS = ("failed", "finding"), ("passed", "stale")


def record(folder: Path, name: str, **verdict_of: str) -> str:
    """A record in which each scenario has a cell with that verdict; returns its name."""
    lines = []
    for scenario, verdict in verdict_of.items():
        cell = CellResult(
            f"a/{scenario}[okta]",
            f"a/{scenario}",
            "T",
            "",
            "okta",
            name,
            {},
            verdict,
            "must",
            "high",
            "RFC 7519 §4.1.4",
        )
        cell.expected, cell.actual, cell.reason = "401", f"what {name} said", f"reason of {verdict}"
        lines.append(json.dumps(cell.record()))
    (folder / name).mkdir()
    (folder / name / "results.jsonl").write_text("\n".join(lines) + "\n")
    return name


def compare(folder: Path, *arguments: str) -> Result:
    """Called in this process, with the records by their paths."""
    return CliRunner().invoke(cli, ["compare", *arguments], standalone_mode=False)


@pytest.mark.parametrize("first", VERDICTS)
@pytest.mark.parametrize("second", VERDICTS)
def test_only_keeping_a_requirement_and_breaking_it_differ(tmp_path: Path, first: str, second: str) -> None:
    """Whether a deviation is listed is no difference; what was not judged says nothing."""
    a, b = record(tmp_path, "a", one=first), record(tmp_path, "b", one=second)
    result = compare(tmp_path, str(tmp_path / a), str(tmp_path / b))
    judged = {first, second} <= {*DEVIATES, *CONFORMS}
    differs = judged and (first in DEVIATES) != (second in DEVIATES)
    assert result.return_value == (1 if differs else 0 if judged else 3)


def test_what_differs_is_shown_with_what_the_one_that_deviates_did(tmp_path: Path) -> None:
    record(tmp_path, "before", worse="passed", better="finding", same="failed")
    record(tmp_path, "after", worse="failed", better="passed", same="finding")
    done = idp_harness("compare", "before", "after/results.jsonl", "--json", "difference.json", folder=tmp_path)
    assert done.returncode == 1
    worse, better = done.stdout.index("only after/results.jsonl deviates"), done.stdout.index("only before deviates")
    assert worse < done.stdout.index("what after said") < better < done.stdout.index("what before said")
    assert "a/same" not in done.stdout
    numbers = "1 cells alike (0 conform, 1 deviate in both), 1 deviate only in after/results.jsonl, 1 only in before"
    assert done.stdout.splitlines()[-1] == numbers
    document = json.loads((tmp_path / "difference.json").read_text())
    assert document["alike"] == {"conforms": 0, "deviates": 1}
    assert [(one["id"], one["first"]["verdict"]) for one in document["differences"]] == [
        ("a/better[okta]", "finding"),
        ("a/worse[okta]", "passed"),
    ]


def test_what_only_one_judged_is_told_with_the_reason(tmp_path: Path) -> None:
    record(tmp_path, "a", one="passed", two="passed", three="skipped", neither="skipped")
    record(tmp_path, "b", one="passed", two="inconclusive", three="failed", four="passed", neither="undeclared")
    done = idp_harness("compare", "a", "b", folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        "1 cells are not judged in a: it has no such cells",
        "1 cells are not judged in a: skipped, reason of skipped",
        "1 cells are not judged in b: inconclusive, reason of inconclusive",
    ]


def test_records_without_a_cell_in_common_compare_nothing(tmp_path: Path) -> None:
    record(tmp_path, "a", one="passed")
    record(tmp_path, "b", two="passed")
    done = idp_harness("compare", "a", "b", folder=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1][:20]) == (3, "nothing was compared")


@pytest.mark.parametrize("text", ["", "no record\n"])
def test_what_is_no_record_is_wrong_usage(tmp_path: Path, text: str) -> None:
    record(tmp_path, "a", one="passed")
    (tmp_path / "other.jsonl").write_text(text)
    done = idp_harness("compare", "a", "other.jsonl", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "other.jsonl" in done.stderr


def test_a_record_whose_last_line_is_cut_off_is_compared_with_a_warning(tmp_path: Path) -> None:
    record(tmp_path, "a", one="passed")
    torn = tmp_path / "a" / "results.jsonl"
    torn.write_text(torn.read_text() + '{"id": "a/tw')
    done = idp_harness("compare", "a", "a", folder=tmp_path)
    assert done.returncode == 0
    assert "its last line is cut off" in done.stderr


def test_a_file_of_somebody_else_is_not_written_over(tmp_path: Path) -> None:
    record(tmp_path, "a", one="passed")
    (tmp_path / "mine.json").write_text("{}")
    done = idp_harness("compare", "a", "a", "--json", "mine.json", folder=tmp_path)
    assert (done.returncode, (tmp_path / "mine.json").read_text()) == (2, "{}")


def compared(*arguments: str) -> tuple[int, str]:
    """The exit status and what is printed, in this process."""
    result = CliRunner().invoke(cli, ["compare", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, result.output


def test_what_a_release_of_the_scenarios_adds_is_no_change_of_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifests say who has judged; a scenario that was rewritten is told apart from a service that changed."""
    monkeypatch.chdir(tmp_path)
    record(tmp_path, "a", same="passed", gone="failed", rewritten="passed")
    record(tmp_path, "b", same="passed", new="failed", rewritten="failed")
    for folder, release in (("a", "0.3.0"), ("b", "0.4.0")):
        (tmp_path / folder / "manifest.jsonl").write_text(json.dumps({"idp-harness": release, "cells": 3}) + "\n")
    results = tmp_path / "b" / "results.jsonl"
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    lines[2]["requirement"] = "RFC 7519 §4.1.4: a sentence more"
    results.write_text("".join(json.dumps(line) + "\n" for line in lines))
    status, printed = compared("a", "b", "--json", "difference.json")
    assert status == 1
    assert printed.splitlines()[:3] == [
        "a was judged by idp-harness 0.3.0, b by 0.4.0",
        "  only a has been asked 1 scenarios: a/gone",
        "  only b has been asked 1 scenarios: a/new",
    ]
    assert "the scenario asks otherwise in the other record" in printed
    document = json.loads((tmp_path / "difference.json").read_text())
    assert document["scenarios_of_one"] == {"first": ["a/gone"], "second": ["a/new"]}
    assert document["meta"]["judged_by"] == {"first": "0.3.0", "second": "0.4.0"}
    assert [(one["scenario"], one["asks_otherwise"]) for one in document["differences"]] == [("a/rewritten", True)]


def card(file: Path, **seconds: float) -> None:
    """A behaviour card with rows of that many seconds, measured to a tenth."""
    rows = [
        {
            "name": name.replace("_", "-"),
            "status": "measured",
            "bound": "",
            "unit": "s",
            "resolution": 0.1,
            "value": value,
        }
        for name, value in seconds.items()
    ]
    file.write_text(json.dumps({"version": 1, "target": "t", "readings": rows}))


def test_two_cards_are_compared_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the resolution of a row they are alike."""
    monkeypatch.chdir(tmp_path)
    card(tmp_path / "one.json", cool_down=0.0, pick_up=1.0)
    card(tmp_path / "two.json", cool_down=30.0, pick_up=1.05, exp_leeway=60.0)
    card(tmp_path / "three.json", exp_leeway=60.0)
    assert compared("one.json", "one.json") == (
        0,
        "as in one.json, within the resolution of each row\n2 rows alike, 0 differ\n",
    )
    status, printed = compared("one.json", "two.json", "--json", "difference.json")
    assert (status, printed.splitlines()[-1]) == (1, "1 rows alike, 1 differ")
    assert printed.startswith("differs cool-down: 0 s one.json, 30 s two.json")
    document = json.loads((tmp_path / "difference.json").read_text())
    assert [(one["name"], one["second"]["value"]) for one in document["differences"]] == [("cool-down", 30.0)]
    assert compared("one.json", "three.json")[0] == 3
    wrong = (tmp_path / "two.json").read_text().replace('"measured"', '"error"')
    (tmp_path / "wrong.json").write_text(wrong)
    status, printed = compared("one.json", "wrong.json")
    assert status == 3
    assert printed.splitlines()[-1] == "2 not compared, as measuring went wrong: cool-down, pick-up"


def test_two_runs_of_the_reference_differ_in_its_fault(tmp_path: Path) -> None:
    """The whole way: judged twice, once with a fault, and the fault is the difference."""
    for name, fault in (("right", ()), ("faulty", ("--fault", "m-no-exp-check"))):
        idp_harness(
            *("run", "time-exp-past", "baseline/plain-tokens", "--target", "reference", "--style", "okta"),
            *("--report-dir", name, "-n", "0", *fault),
            folder=tmp_path,
        )
    done = idp_harness("compare", "right", "faulty", folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("only faulty deviates  time/expiry/time-exp-past")
