"""Nothing but printable text and our own colours reaches the terminal, and no text is taken for markup."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest
from report_cells import failed
from rich.table import Table

from harness.report.record import line_of
from harness.shown import terminal
from harness.shown.terminal import indented, say, say_in_colour, words

HOSTILE = "\x1b[2J\x1b]8;;http://x\x07[red]ALL PASSED[/] :smile:\r\u202e\u2028\u200b\ud800\x9b1m"
SHOWN = r"\x1b[2J\x1b]8;;http://x\x07[red]ALL PASSED[/] :smile:\r\u202e\u2028\u200b\ud800\u009b1m"
OWN = re.compile(r"\x1b\[[0-9;]*m")


def printed(*things: object, **options: object) -> str:
    console = terminal.console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    for one in things:
        console.print(one, **options)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def table() -> Table:
    made = Table(HOSTILE, title=HOSTILE)
    made.add_row(HOSTILE)
    made.add_row(words((HOSTILE, "bold")))
    return made


@pytest.mark.parametrize("thing", [HOSTILE, words(HOSTILE), words("a ", (HOSTILE, "red")), table()])
def test_whatever_is_printed_can_be_shown(thing: object) -> None:
    text = OWN.sub("", printed(thing))
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("[red]ALL PASSED[/] :smile:") == text.count(r"\x1b[2J") > 0


def test_words_spell_out_what_can_not_be_shown() -> None:
    assert OWN.sub("", printed(words("a ", (HOSTILE, "red")))) == f"a {SHOWN}\n"


def test_colours_of_our_own_stay() -> None:
    assert printed(words(("failed", "red"), " x")) == "\x1b[31mfailed\x1b[0m x\n"


def test_a_picture_holds_nothing_else() -> None:
    console = terminal.console(file=io.StringIO(), width=200, record=True)
    console.print(words(HOSTILE, "<script>&"))
    svg = console.export_svg(title="a")
    assert all(line.isprintable() for line in svg.split("\n"))
    assert "<script>&" not in svg


def test_a_line_is_said_as_it_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    say(f"two\n{HOSTILE}", err=True)
    say_in_colour("ok ", HOSTILE, colour="green")
    captured = capsys.readouterr()
    assert captured.out == f"{SHOWN}\nok {SHOWN}\n"
    assert captured.err == f"two\n{SHOWN}\n"


def test_no_line_of_others_begins_where_ours_do() -> None:
    assert indented("reason\n3 cells: 3 passed", 4) == "reason\n    3 cells: 3 passed"


def _in_a_terminal(*arguments: str, **environment: str) -> str:
    """What a command writes to a terminal of 80 columns."""
    program = Path(sys.executable).with_name("idp-harness")
    inner, outer = pty.openpty()
    fcntl.ioctl(outer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    env = {**known, "TERM": "xterm-256color", **environment}
    with subprocess.Popen([program, *arguments], stdin=outer, stdout=outer, stderr=outer, env=env):
        os.close(outer)
        written = b""
        try:
            while piece := os.read(inner, 65536):
                written += piece
        except OSError:  # The other side is closed.
            pass
    os.close(inner)
    return written.decode()


def test_no_color_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No colour where the variable is set (https://no-color.org), whoever writes the line; else there is some."""
    (tmp_path / "results.jsonl").write_bytes(line_of(failed().record()))
    colour = re.compile(r"\x1b\[(?:\d+;)*3[0-9]")
    coloured, plain = (_in_a_terminal("report", str(tmp_path), **more) for more in ({}, {"NO_COLOR": "1"}))
    assert "the most dangerous" in OWN.sub("", plain)
    assert (bool(colour.search(coloured)), bool(colour.search(plain))) == (True, False)
    said: list[str] = []
    monkeypatch.setattr(click, "echo", said.append)
    monkeypatch.delenv("NO_COLOR", raising=False)
    say_in_colour("ok", colour="green")
    monkeypatch.setenv("NO_COLOR", "1")
    say_in_colour("ok", colour="green")
    assert [bool(colour.search(one)) for one in said] == [True, False]
