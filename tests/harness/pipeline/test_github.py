"""What GitHub Actions is told, and that nobody else tells it anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cells import HOSTILE, cell

from harness.base.errors import HarnessError
from harness.report.pipeline.github import MOST_ANNOTATIONS, add_to_summary, commands_for, no_commands

THERE = {"GITHUB_ACTIONS": "true"}
COMMAND = re.compile(r"::(error|warning) title=([^:,\r\n]*)::([^\r\n]*)")


def test_what_fails_is_an_error_and_what_is_undecided_a_warning() -> None:
    """A finding is known, and a broken SHOULD counts only where it is said so."""
    cells = [
        cell(variant="one"), cell("a/b/c", "inconclusive", reason="busy"), cell("a/b/d", "finding"),
        cell("a/b/e", "passed"), cell("a/b/f", level="should"),
    ]  # fmt: skip
    error, warning = commands_for(cells)
    assert error == (
        "::error title=time/expiry/time-exp-past (must%2C high)::"
        "A title: 1 of 1 cells: expected reject: 401; got 200 OK"
    )
    assert warning.startswith("::warning title=a/b/c (must%2C high)::A title: 1 of 1 cells: busy")
    assert len(commands_for(cells, strict=True)) == 3


def test_there_are_no_more_than_github_shows() -> None:
    """The last says how many are left."""
    shown = commands_for([cell(f"a/b/c{number:02}") for number in range(30)])
    assert len(shown) == MOST_ANNOTATIONS
    assert shown[-1] == "::error title=idp-harness::21 more scenarios: see the summary"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_command_of_its_own(text: str) -> None:
    (command,) = commands_for([cell(actual=text)])
    found = COMMAND.fullmatch(command)
    assert found is not None
    assert found[2] == "time/expiry/time-exp-past (must%2C high)"


def test_what_is_printed_meanwhile_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The word that ends it can't be known before; elsewhere nothing is added."""
    words = []
    for _ in range(2):
        with no_commands(THERE):
            print("::error::forged")
        begin, forged, end = capsys.readouterr().out.splitlines()
        assert (begin, forged) == (f"::stop-commands::{end.strip(':')}", "::error::forged")
        words.append(end)
    assert words[0] != words[1]
    with no_commands({}):
        print("as ever")
    assert capsys.readouterr().out == "as ever\n"


def test_it_begins_to_listen_again_after_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), no_commands(THERE):
        raise KeyboardInterrupt
    begin, end = capsys.readouterr().out.splitlines()
    assert begin == f"::stop-commands::{end.strip(':')}"


def test_the_summary_is_added_to_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    file.write_text("of the step before\n")
    add_to_summary("# Mine", THERE | {"GITHUB_STEP_SUMMARY": str(file)})
    assert file.read_text() == "of the step before\n# Mine\n"
    add_to_summary("# Mine", {"GITHUB_STEP_SUMMARY": str(file)})
    assert file.read_text().count("Mine") == 1


def test_a_summary_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"GITHUB_STEP_SUMMARY names .*which can't be written"):
        add_to_summary("# Mine", THERE | {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "folder")})
