"""`idp-harness run`: what it prints, records and returns."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from click.testing import CliRunner
from report_pages import page_data, page_evidence
from scenario_files import HEAD, policy_text, write_expected, write_policies, write_profile, write_scenario

from harness.base.bundled import bundled_directory
from harness.base.errors import UsageError
from harness.base.verdicts import CellResult
from harness.cli import cli

FIELDS = (
    "id", "variant", "style", "target", "config", "verdict", "level", "severity", "requirement", "expected", "actual",
    "duration_s", "evidence",
)  # fmt: skip
EXPIRED = 'styles = ["auth0"]\ntoken.times = { exp = -3600 }\n'
TWO_STYLES = 'styles = ["auth0", "okta"]\n'
MIXED = {
    "good": TWO_STYLES + 'expect = "accept"\n[a-case.variants]\none = {}\ntwo = { token = { subject = "two" } }\n',
    "broken": EXPIRED + "config.strict_validation = true\nexpect = [418]\n",
    "finding": EXPIRED + "expect = [418]\n",
    "skipped": 'styles = ["auth0"]\nrequest = "nowhere"\nexpect = "accept"\n',
}


@dataclass(frozen=True)
class Run:
    """A run and what it left in its report folder."""

    done: subprocess.CompletedProcess[str]
    report: Path
    folder: Path

    @property
    def status(self) -> int:
        return self.done.returncode

    @property
    def output(self) -> str:
        return self.done.stdout

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.report / "results.jsonl").read_text().splitlines()]

    def record(self, topic: str) -> dict[str, Any]:
        return next(one for one in self.records if one["scenario"] == f"mixed/{topic}/a-case")


def run(folder: Path, *arguments: str | Path) -> Run:
    report = folder / "out"
    done = idp_harness("run", "--target", "reference", "--report-dir", report, *arguments, folder=folder)
    return Run(done, report, folder)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of a user's own directory with a bit of everything, in two processes."""
    folder = tmp_path_factory.mktemp("mixed")
    for topic, body in MIXED.items():
        write_scenario(folder / "mine", body, area="mixed", topic=topic)
    entry = '[[finding]]\nscenario = "mixed/finding/a-case"\nrequirement = "RFC 0"\nreason = "known for years"\n'
    write_expected(folder / "mine", entry)
    return run(folder, "mixed/", "--scenarios", "mine", "-n", "2")


def test_a_failed_must_is_exit_status_1(mixed: Run) -> None:
    assert mixed.status == 1, mixed.done.stderr


def test_each_cell_has_its_line_in_the_record(mixed: Run) -> None:
    assert sorted(one["id"] for one in mixed.records) == [
        "mixed/broken/a-case[auth0]",
        "mixed/finding/a-case[auth0]",
        "mixed/good/a-case[auth0-one]",
        "mixed/good/a-case[auth0-two]",
        "mixed/good/a-case[okta-one]",
        "mixed/good/a-case[okta-two]",
        "mixed/skipped/a-case[auth0]",
    ]


def test_a_record_has_the_promised_fields(mixed: Run) -> None:
    assert [sorted(set(FIELDS) - one.keys()) for one in mixed.records] == [[]] * 7


def test_a_record_says_what_came_out(mixed: Run) -> None:
    broken = mixed.record("broken")
    assert (broken["verdict"], broken["expected"]) == ("failed", "status 418")
    assert broken["actual"].startswith("401 Unauthorized")
    assert (broken["style"], broken["variant"], broken["target"]) == ("auth0", "", "reference")
    assert broken["config"] == {"strict_validation": True}
    assert (broken["level"], broken["severity"], broken["requirement"]) == ("must", "high", "RFC 0 §0: a sentence")
    assert broken["evidence"]["curl"].startswith("curl -si ")
    assert broken["duration_s"] > 0


def test_an_expected_finding_has_its_reason(mixed: Run) -> None:
    assert (mixed.record("finding")["verdict"], mixed.record("finding")["reason"]) == ("finding", "known for years")


def test_a_skipped_cell_has_its_reason(mixed: Run) -> None:
    skipped = mixed.record("skipped")
    assert (skipped["verdict"], skipped["reason"]) == ("skipped", "the profile reference has no route 'nowhere'")


def test_the_record_has_no_whole_token(mixed: Run) -> None:
    text = (mixed.report / "results.jsonl").read_text() + (mixed.report / "junit.xml").read_text() + mixed.output
    text += json.dumps(page_evidence((mixed.report / "report.html").read_text()))
    assert [word for word in text.split() if word.count(".") == 2 and word.startswith("eyJ") and len(word) > 300] == []


def test_the_page_lays_the_token_beside_a_good_one(mixed: Run) -> None:
    """Taken apart, without its signature; the keys are those of the issuer."""
    page = (mixed.report / "report.html").read_text()
    failed = mixed.record("broken")
    evidence = page_evidence(page)[failed["id"]]
    sent, good = evidence["exchanges"][-1]["token"], evidence["good_token"]
    assert sent["claims"]["iss"] == good["claims"]["iss"] == evidence["issuer"]
    assert sent["header"]["kid"] in {key["kid"] for key in evidence["keys"]}
    assert page_data(page)["worst"][0]["cell"] == failed["id"]


def test_the_table_counts_verdicts_by_area(mixed: Run) -> None:
    rows = [line.split() for line in mixed.output.splitlines()]
    assert ["area", "passed", "finding", "failed", "not", "asked"] in rows
    assert ["mixed", "4", "1", "1", "1"] in rows
    assert "7 cells in " in mixed.output


def test_what_did_not_pass_is_shown_with_the_line_that_repeats_it(mixed: Run) -> None:
    shown = mixed.output.partition("failed mixed/broken/a-case")[2]
    for word in ("requirement", "expected", "actual", "cells", "repeat"):
        assert f"\n  {word}" in shown
    assert "known for years" in mixed.output
    assert "1 cells: the profile reference has no route 'nowhere'" in mixed.output


def test_what_pipelines_read_is_there(mixed: Run) -> None:
    """A case for each scenario in JUnit; each file says what failed."""
    suite = ElementTree.parse(mixed.report / "junit.xml").find("testsuite")
    assert suite is not None
    assert (suite.get("name"), suite.get("failures"), suite.get("errors")) == ("mixed", "1", "0")
    failure = suite.find("testcase[@classname='mixed.broken'][@name='a-case']/failure")
    assert failure is not None
    assert "expected     status 418" in (failure.text or "")
    assert "mixed/broken/a" in (mixed.report / "summary.md").read_text()
    (run,) = json.loads((mixed.report / "results.sarif").read_text())["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["mixed/broken/a-case", "mixed/finding/a-case"]
    assert "1 not as required" in (mixed.report / "badge.svg").read_text()


def test_a_report_shows_the_run_again_and_exits_alike(mixed: Run) -> None:
    again = idp_harness("report", mixed.report / "results.jsonl", folder=mixed.folder)
    assert again.returncode == mixed.status
    assert ["mixed", "4", "1", "1", "1"] in [line.split() for line in again.stdout.splitlines()]
    assert "failed mixed/broken/a-case" in again.stdout


def test_a_report_writes_again_what_pipelines_read(mixed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the record alone; a file of somebody else's is left."""
    names = {"junit": "junit.xml", "markdown": "summary.md", "sarif": "results.sarif", "badge": "badge.svg"}
    options = [part for option, name in names.items() for part in (f"--{option}", str(tmp_path / name))]
    monkeypatch.chdir(mixed.folder)
    runner = CliRunner()
    again = runner.invoke(cli, ["report", str(mixed.report), *options], standalone_mode=False)
    assert again.return_value == mixed.status
    for name in set(names.values()) - {"badge.svg", "junit.xml"}:  # A badge has a number of its own, times are rounded.
        assert (tmp_path / name).read_text() == (mixed.report / name).read_text(), name
    for option, name in names.items():
        (tmp_path / name).write_text("mine")
        line = ["report", str(mixed.report), f"--{option}", str(tmp_path / name)]
        refused = runner.invoke(cli, line, standalone_mode=False)
        assert isinstance(refused.exception, UsageError)
        assert (tmp_path / name).read_text() == "mine"


def test_a_report_takes_the_folder_too(mixed: Run) -> None:
    assert idp_harness("report", mixed.report, folder=mixed.folder).returncode == mixed.status


@pytest.mark.parametrize(
    ("verdict", "level", "arguments", "status"),
    [
        ("passed", "must", (), 0),
        ("failed", "must", (), 1),
        ("failed", "should", (), 0),
        ("failed", "should", ("--strict",), 1),
        ("error", "must", (), 3),
    ],
)
def test_a_report_exits_by_the_verdicts(
    tmp_path: Path, verdict: str, level: str, arguments: tuple[str, ...], status: int
) -> None:
    record = CellResult("a/b/c[okta]", "a/b/c", "T", "", "okta", "reference", {}, verdict, level, "high", "r").record()
    file = tmp_path / "results.jsonl"
    file.write_text(json.dumps(record) + "\n")
    assert idp_harness("report", file, *arguments, folder=tmp_path).returncode == status


@pytest.mark.parametrize(
    "text", ["{}", "nonsense", '{"id": 1}', "[]", "\udcff"], ids=["{}", "word", "id", "[]", "bytes"]
)
def test_a_record_that_is_none_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.jsonl").write_bytes(text.encode(errors="surrogateescape"))
    done = idp_harness("report", tmp_path, folder=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert f"{tmp_path / 'results.jsonl'}" in done.stderr


def test_a_folder_without_a_record_is_refused(tmp_path: Path) -> None:
    done = idp_harness("report", tmp_path, folder=tmp_path)
    assert (done.returncode, "can't be read" in done.stderr) == (2, True)


def test_when_all_pass_the_exit_status_is_0(tmp_path: Path) -> None:
    done = run(tmp_path, "base-rs256-accept", "--style", "okta", "-n", "0")
    assert (done.status, [one["verdict"] for one in done.records]) == (0, ["passed"])


def test_the_fast_cases_are_run_alone_and_the_others_counted(tmp_path: Path) -> None:
    """With those alone that wait, it is a mistake on the command line."""
    chosen = ["time-exp-past", "rot-retire", "--style", "okta", "--fast", "-n", "0"]
    done = run(tmp_path, *chosen)
    assert (done.status, {one["scenario"] for one in done.records}) == (0, {"time/expiry/time-exp-past"})
    assert "left out: 2 cells that wait for something (run without --fast)" in done.output
    done = run(tmp_path, *chosen[1:])
    assert done.status == 2
    assert "no case of these is a fast one: each waits for something" in done.done.stderr


def test_every_vendor_of_the_mock_can_be_asked_for(tmp_path: Path) -> None:
    """Also those whose tokens are not judged by default: the reference takes their plain tokens and no expired ones."""
    styles = [part for style in ("entra", "cognito", "google") for part in ("--style", style)]
    done = idp_harness("run", "time-exp-past", *styles, "-n", "0", "--target", "reference", folder=tmp_path)
    assert (done.returncode, " passed" in done.stdout) == (0, True)
    records = [json.loads(line) for line in (tmp_path / "report" / "results.jsonl").read_text().splitlines()]
    assert {one["style"]: one["verdict"] for one in records} == dict.fromkeys(("entra", "cognito", "google"), "passed")


def test_a_fault_of_the_reference_is_found(tmp_path: Path) -> None:
    done = run(tmp_path, "time-exp-past", "--fault", "m-no-exp-check", "--style", "custom", "-n", "0")
    assert (done.status, {one["verdict"] for one in done.records}) == (1, {"failed"})


def test_what_could_not_be_judged_is_exit_status_3(tmp_path: Path) -> None:
    """Such as a token of which only the identity provider knows that it can't be made."""
    broken = 'token = { header_text = "1", mutation = "alg-none" }\n'
    write_scenario(tmp_path / "mine", broken + 'styles = ["okta"]\nexpect = "reject"\n')
    done = run(tmp_path, "area/", "--scenarios", "mine", "-n", "0")
    assert (done.status, [one["verdict"] for one in done.records]) == (3, ["error"])
    assert "409 Conflict" in done.output


def test_a_broken_should_counts_only_when_strict(tmp_path: Path) -> None:
    head = HEAD.replace('"must"', '"should"')
    write_scenario(tmp_path / "mine", 'styles = ["okta"]\nexpect = [418]\n', head=head)
    for arguments, status in (((), 0), (("--strict",), 1)):
        assert run(tmp_path, "area/", "--scenarios", "mine", "-n", "0", *arguments).status == status


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("time-exp-psat",), "no scenario's id starts with 'time-exp-psat'; did you mean 'time-exp-past'?"),
        (("--style", "oktta"), "'oktta' is not one of"),
        (("--target", "refrence"), "'refrence' is not one of"),
        (("--profile", "refrence"), "there is no profile 'refrence'; did you mean 'reference'?"),
        (("--fault", "m-no-exp-chek"), "the reference has no fault 'm-no-exp-chek'; did you mean 'm-no-exp-check'?"),
        (("--target-option", "service"), "--target-option takes KEY=VALUE, not 'service'"),
        (("--target-option", "servce=x"), "target reference has no option 'servce'; did you mean 'service'?"),
        (
            ("--target-option", "service=worker", "--target-option", "service=x"),
            "the option service of the target is given 2",
        ),
        (
            ("--target", "tasker-worker", "--target-option", "port=70000"),
            "port of target tasker-worker must be no more than",
        ),
        (("--target", "process", "--command", "no-such {port}"), "whose first word is a program on this machine"),
        (("--target", "url"), "target url needs the option base_url"),
        (
            ("--target", "url", "--base-url", "127.0.0.1"),
            "option base_url of target url must be the address of a service",
        ),
        (("--scenarios", "nowhere"), "'nowhere' does not exist"),
        (("-n", "many", "base-rs256-accept"), "'many'"),
    ],
)
def test_a_bad_argument_is_exit_status_2(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    """Nothing runs, and one sentence says what to write instead."""
    done = run(tmp_path, *arguments)
    assert done.status == 2
    assert sentence in done.done.stderr
    assert "Traceback" not in done.done.stderr
    assert done.output.strip() == ""


def test_a_broken_scenario_file_is_exit_status_2_with_its_line(tmp_path: Path) -> None:
    file = write_scenario(tmp_path / "mine", 'expect = "rejct"\n')
    done = run(tmp_path, "--scenarios", "mine")
    assert done.status == 2
    assert f"{file.relative_to(tmp_path)}:9: 'rejct' is no expectation; did you mean 'reject'?" in done.done.stderr


def test_a_service_that_is_not_there_is_told_before_anything_runs(tmp_path: Path) -> None:
    done = run(tmp_path, "--target", "url", "--base-url", "http://127.0.0.1:9", "--profile", "reference")
    assert done.status == 3
    assert "the target url can't be used here: GET http://127.0.0.1:9/health does not answer 200" in done.done.stderr


def test_a_run_that_judges_nothing_could_not_be_done(tmp_path: Path) -> None:
    """No cell says anything of the service: exit status 3, and the output says why."""
    write_policies(tmp_path / "mine", policy_text("house_rule", "flag"))
    policy = 'policy = { knob = "house_rule", is = true, then = "reject", otherwise = "accept" }\n'
    write_scenario(tmp_path / "mine", f'styles = ["auth0"]\n{policy}', topic="undeclared")
    write_scenario(tmp_path / "mine", MIXED["skipped"], topic="skipped")
    done = run(tmp_path, "area/", "--scenarios", "mine", "-n", "0")
    assert (done.status, sorted(one["verdict"] for one in done.records)) == (3, ["skipped", "undeclared"])
    assert "nothing was judged: no cell could be run" in done.output
    assert "the profile reference doesn't declare" in done.output


@pytest.mark.parametrize("command", [("run", "--target", "reference", "-n", "0"), ("check",)])
def test_a_misspelt_policy_of_a_profile_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    """With its file, its line and the nearest one, before anything is run."""
    text = (bundled_directory() / "profiles" / "reference.toml").read_text(encoding="utf-8")
    profile = write_profile(tmp_path / "mine", text.replace("kid_required = false", "kid_requird = false"), "mine")
    line = text.splitlines().index("kid_required = false") + 1
    named = () if command == ("check",) else ("kid-missing-valid", "--profile", "mine")
    done = idp_harness(*command, *named, "--scenarios", "mine", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{profile.relative_to(tmp_path)}:{line}: 'kid_requird' is no policy" in done.stderr.replace(
        f"{tmp_path}/", ""
    )
    assert "did you mean 'kid_required'?" in done.stderr
