"""Nothing but printable text and our own colours reaches the terminal, and no text is taken for markup."""

from __future__ import annotations

import io
import re

import pytest
from rich.table import Table

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
