"""The commands of `idp-harness` beside `run`, and what all of them share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_call import idp_harness
from click.testing import CliRunner
from scenario_files import profile_text, write_expected, write_profile, write_scenario

from harness.cli import cli
from harness.cli.options import processes_for
from harness.grammar.vocabulary import STYLES
from harness.scenario.loader import load_all, load_file
from harness.scenario.styles import styles_of

EXPECT = 'expect = "reject"\n'


@pytest.mark.parametrize(
    "command", [(), *((name,) for name in sorted(cli.commands))], ids=lambda words: " ".join(words)
)
def test_help_has_an_example(tmp_path: Path, command: tuple[str, ...]) -> None:
    """An example is a line that begins with the command itself."""
    done = idp_harness(*command, "--help", folder=tmp_path)
    assert done.returncode == 0
    assert "Example" in done.stdout
    assert f"\n    idp-harness {' '.join(command)}".rstrip() in done.stdout


def test_the_commands_are_the_documented_ones() -> None:
    judging = {"check", "compare", "doctor", "init", "list", "measure", "mutants", "report", "run", "show"}
    assert set(cli.commands) == judging | {"build", "client", "keys", "lint", "permissions", "token"}


@pytest.mark.parametrize("arguments", [("chek",), ("--nope",), ("run", "--nope"), ("show",)])
def test_a_wrong_call_is_exit_status_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = idp_harness(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    done = idp_harness("--version", folder=tmp_path)
    assert (done.returncode, done.stdout.startswith("idp-harness ")) == (0, True)


def test_check_counts_what_is_well_formed(tmp_path: Path) -> None:
    done = idp_harness("check", folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(f"{len(load_all())} scenarios, ")


def test_check_takes_a_directory_of_ones_own(tmp_path: Path) -> None:
    write_scenario(tmp_path / "mine", EXPECT)
    write_profile(tmp_path / "mine", profile_text("jwks"))
    done = idp_harness("check", "--scenarios", "mine", folder=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, str(len(load_all()) + 1))


def write_bad_scenario(folder: Path) -> Path:
    return write_scenario(folder, 'expect = "rejct"\n')


def write_bad_profile(folder: Path) -> Path:
    return write_profile(folder, profile_text("jwks").replace("restart", "restrt"))


def write_bad_finding(folder: Path) -> Path:
    entry = '[[finding]]\nscenario = "time/expiry/time-exp-psat"\nrequirement = "r"\nreason = "r"\n'
    return write_expected(folder, entry, "anything")


@pytest.mark.parametrize(
    ("write", "near"),
    [
        (write_bad_scenario, "did you mean 'reject'?"),
        (write_bad_profile, "did you mean 'restart'?"),
        (write_bad_finding, "did you mean 'time/expiry/time-exp-past'?"),
    ],
    ids=["scenario", "profile", "finding"],
)
def test_check_finds_a_mistake_in_any_file(tmp_path: Path, write: object, near: str) -> None:
    """Scenarios, profiles and expected findings alike."""
    assert callable(write)
    file = write(tmp_path / "mine")
    done = idp_harness("check", "--scenarios", tmp_path / "mine", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"idp-harness: {file}:")
    assert near in done.stderr


def test_list_shows_each_scenario_on_a_line(tmp_path: Path) -> None:
    done = idp_harness("list", folder=tmp_path)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [scenario.id for scenario in load_all()]


def test_list_takes_prefixes_and_a_directory(tmp_path: Path) -> None:
    write_scenario(tmp_path / "mine", EXPECT)
    done = idp_harness("list", "area", "time-exp-past", "--scenarios", "mine", folder=tmp_path)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["area/topic/a-case", "time/expiry/time-exp-past"]
    assert "A fact" in done.stdout


@pytest.mark.parametrize("command", ["list", "show"])
def test_an_unknown_scenario_gets_the_nearest_name(tmp_path: Path, command: str) -> None:
    done = idp_harness(command, "time-exp-psat", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "'time-exp-psat'; did you mean 'time-exp-past'?" in done.stderr


@pytest.mark.parametrize("name", ["a-case", "area/topic/a-case"])
def test_show_tells_all_about_a_scenario(tmp_path: Path, name: str) -> None:
    body = (
        EXPECT
        + 'token.times = { exp = -1 }\nnote = "A note"\n[a-case.variants]\none = {}\ntwo = { styles = ["okta"] }\n'
    )
    file = write_scenario(tmp_path / "mine", body)
    done = idp_harness("show", name, "--scenarios", "mine", folder=tmp_path)
    assert done.returncode == 0
    [scenario] = load_file(file)
    [one] = styles_of(scenario, scenario.variants[0])
    for part in (
        "area/topic/a-case",
        "RFC 0 §0: a sentence",
        "must, severity high",
        "m-no-exp-check",
        "A note",
        f"{file.relative_to(tmp_path)}:3",
        f"variant one   styles {one}; with --all-styles {', '.join(style for style in STYLES if style != one)} too",
        "variant two   styles okta",
        '1. send {"token": {"times": {"exp": -1}}, "expect": "reject"}',
    ):
        assert part in done.stdout


SHOWN = {
    "refusal": (EXPECT, "control    the plain token is accepted on read before the case"),
    "grant": ('expect = "accept"\n', "control    none: it expects no refusal"),
    "own-control": (
        EXPECT + 'control.token.permissions = ["a"]\n',
        'control    {"token": {"permissions": ["a"]}} is accepted before the case',
    ),
    "two-routes": (
        'steps = [{ do = "send", expect = "reject" }, { do = "send", request = "write", expect = "deny" }]\n',
        "control    the plain token is accepted on read, write before the case",
    ),
    "policy": (
        'policy = { knob = "kid_required", is = true, then = "reject", otherwise = "accept" }\n',
        "control    the plain token is accepted on read before the case",
    ),
    "preflight": (EXPECT + "preflight = true\n", "canary     none, as for the control"),
    "manual": (
        'start = "manual"\nsteps = [{ do = "start-service" }]\n',
        "control    none: its steps start the service",
    ),
    "canary": (EXPECT, "canary     the plain token is accepted on read after the case"),
}


@pytest.mark.parametrize(("body", "part"), SHOWN.values(), ids=SHOWN)
def test_show_tells_what_holds_before_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, part: str
) -> None:
    """The control and the canary, as the runner has them."""
    monkeypatch.chdir(tmp_path)
    write_scenario(tmp_path / "mine", body)
    assert f"    {part}\n" in CliRunner().invoke(cli, ["show", "a-case", "--scenarios", "mine"]).output


def test_show_names_the_function_of_each_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its file and line."""
    monkeypatch.chdir(tmp_path)
    write_scenario(tmp_path / "mine", 'steps = [{ do = "rotate-keys" }, { do = "send" }]\n')
    shown = CliRunner().invoke(cli, ["show", "a-case", "--scenarios", "mine"]).output
    for name, file, line in re.findall(r"^       (\w+) in (\S+):(\d+)$", shown, flags=re.MULTILINE):
        source = Path(file).read_text(encoding="utf-8").splitlines()
        assert any(f"def {name}(" in text for text in source[int(line) - 1 : int(line) + 5])
    assert re.findall(r"^       (\w+) in ", shown, flags=re.MULTILINE) == ["rotate_keys", "send"]


def test_doctor_judges_each_target(tmp_path: Path) -> None:
    """What is in the way is said with what to do; the exit status tells a script."""
    done = idp_harness("doctor", folder=tmp_path)
    for target in ("tasker-worker", "reference"):
        assert f"target {target}" in done.stdout
    assert done.returncode == (3 if "\nno  " in done.stdout else 0)


def test_mutants_refuses_an_unknown_fault(tmp_path: Path) -> None:
    done = idp_harness("mutants", "m-no-exp-chek", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the reference has no fault 'm-no-exp-chek'; did you mean 'm-no-exp-check'?" in done.stderr


def test_a_killed_mutant_is_exit_status_0(tmp_path: Path) -> None:
    done = idp_harness("mutants", "m-no-exp-check", "-n", "0", "--json", "matrix.json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 faults killed" in done.stdout
    assert '"verdict": "killed"' in (tmp_path / "matrix.json").read_text()


@pytest.mark.parametrize(
    ("asked", "cells", "used"),
    [
        ("auto", 1, "0"),
        ("auto", 60, "0"),
        ("auto", 61, "auto"),
        ("2", 1, "2"),
        ("0", 900, "0"),
        ("logical", 1, "logical"),
    ],
)
def test_a_few_cells_start_no_other_processes_unless_asked(asked: str, cells: int, used: str) -> None:
    assert processes_for(asked, cells) == used
