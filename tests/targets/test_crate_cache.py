"""What is kept in the user's cache is whole or not there, and made by one process at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.errors import HarnessError
from harness.crates.cache import cache_folder, made_once


@pytest.mark.parametrize(
    ("variable", "place"),
    [("/somewhere", "/somewhere"), ("", "/home/me/.cache"), ("relative/path", "/home/me/.cache")],
)
def test_it_lies_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch, variable: str, place: str) -> None:
    """A relative path does not count (XDG Base Directory Specification)."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", variable)
    assert cache_folder() == Path(place) / "idp-harness/tasker-0.1.8"


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    calls: list[Path] = []

    def make(folder: Path) -> None:
        calls.append(folder)
        (folder / "file").write_text("x")

    places = {made_once(tmp_path / "new/thing", make) for _ in range(2)}
    assert (len(calls), places, (tmp_path / "new/thing/file").read_text()) == (1, {tmp_path / "new/thing"}, "x")


def test_what_ended_before_its_end_does_not_count(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_once(tmp_path / "thing", fail)
    assert [one.name for one in tmp_path.iterdir()] == ["thing.lock"]


def test_the_rest_of_a_process_that_was_killed_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "thing.part").mkdir()
    (tmp_path / "thing.part/half").write_text("x")
    made_once(tmp_path / "thing", lambda folder: None)
    assert list((tmp_path / "thing").iterdir()) == []


HOLDER = """
import sys
from pathlib import Path
from harness.crates.cache import made_once

def make(folder):
    print("in", flush=True)
    sys.stdin.read()
    (folder / "file").write_text("first")

made_once(Path(sys.argv[1]), make)
"""


def test_a_second_process_waits_for_the_first_and_takes_what_it_made(tmp_path: Path) -> None:
    line = [sys.executable, "-c", HOLDER, str(tmp_path / "thing")]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdin
        assert first.stdout.readline() == "in\n"
        # It ends only when this process has found out that it must wait.
        folder = made_once(tmp_path / "thing", lambda _: pytest.fail("made twice"), waiting=first.stdin.close)
        assert (folder / "file").read_text() == "first"
        assert first.wait(30) == 0


def test_a_place_that_can_t_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HarnessError, match=r"file can't be written to: .*; set XDG_CACHE_HOME"):
        made_once(tmp_path / "file/thing", lambda folder: None)
