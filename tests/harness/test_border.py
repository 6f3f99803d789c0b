"""No module goes around the border of foreign text: who does is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from border import breaches, own_exceptions

import harness

ROOT = Path(harness.__file__).parent
# The reference is the service, not the judge; these run without the harness, or are the border itself.
OTHERS = ("reference/",)
ALLOWED = {
    "shown/foreign_text.py": "the border",
    "shown/terminal.py": "the way to the terminal",
    "shown/shell_words.py": "the way into commands",
    "engine/sweeper.py": "a program of its own, whose output is a log",
    "processes/guard.py": "a program of its own, without the rest of the harness",
    "targets/wait_for.py": "a program in images that have no rich; what it prints comes from the border",
    "targets/tasker_container.py": "the same",
}
SOURCES = {
    file: file.read_text(encoding="utf-8")
    for file in sorted(ROOT.rglob("*.py"))
    if not file.relative_to(ROOT).as_posix().startswith(OTHERS)
}
OWN = own_exceptions(SOURCES)


def test_nobody_goes_around_the_border() -> None:
    found = [
        f"{file}:{line}: {what}"
        for file, source in SOURCES.items()
        if file.relative_to(ROOT).as_posix() not in ALLOWED
        for line, what in breaches(source, OWN)
    ]
    assert found == [], "\n".join(found)


def test_those_who_may_are_there() -> None:
    assert {file.relative_to(ROOT).as_posix() for file in SOURCES} >= ALLOWED.keys()


BREACHES = {
    "decoding": 'text = answer.read().decode("utf-8", "replace")',
    "printing": 'print("x")',
    "echoing": "click.echo(text)",
    "a console": "console = Console()",
    "writing": "sys.stderr.write(text)",
    "quoting": "shlex.quote(text)",
    "an exception": 'try:\n    f()\nexcept OSError as error:\n    raise TargetError(f"no: {error}")',
    "its text": "try:\n    f()\nexcept (ValueError, HarnessError) as error:\n    g(str(error))",
    "a part of it": 'try:\n    f()\nexcept OSError as e:\n    g(f"{e.args[0]!r:>3}")',
    "any exception": 'try:\n    f()\nexcept Exception as e:\n    g(f"{type(e).__name__}: {e}")',
    "a body": 'g(f"got {exchange.body[:20]!r}")',
    "a log": 'g(f"got {log.tail().as_it_came}")',
}
KEPT = {
    "encoding": "text = base64.b64encode(data).decode()",
    "the console": 'console.print("x")',
    "our own": 'try:\n    f()\nexcept TargetError as error:\n    g(f"{error}")',
    "shown": 'try:\n    f()\nexcept OSError as error:\n    g(f"{type(error).__name__}: {foreign(error)}")',
    "a body": 'g(f"got {ForeignText(exchange.body, 20)} of {len(exchange.body)}")',
    "the system's words": 'try:\n    f()\nexcept OSError as error:\n    g(f"{error.strerror}")',
    "judged": 'if "x" in log.tail().as_it_came:\n    g()',
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found(name: str) -> None:
    assert len(list(breaches(BREACHES[name], OWN))) == 1


@pytest.mark.parametrize("name", KEPT)
def test_what_keeps_the_border_is_left_alone(name: str) -> None:
    assert list(breaches(KEPT[name], OWN)) == []
