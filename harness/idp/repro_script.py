"""What a cell did to the identity provider and to the service, as a shell script that does it again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import quote, unquote

from harness.shown.shell_words import comment, json_word, word

# The kids of keys, and the names by which a script calls them, as their kids will be others.
Names = Mapping[str, str]

_CHANGE = "curl -sS -o /dev/null -H 'Content-Type: application/json'"
_PLAIN, _TIMED = "curl -si ", "curl -si -w '\\n%{time_total} s\\n' "
_MOST_LINES = 400
_MOST_CHANGES = 50
# Linux takes 128 KiB for one argument of a command.
_LONGEST_LINE = 120_000


class ReproScript:
    """The lines of one cell's script, in the order in which things were done.

    The script speaks to the issuer at `idp_url` and to the running service, so it works while both are up: `run
    --hold` keeps them. It begins with a reset of the issuer at `issuer_path`. `header` is the option of curl, with a
    blank behind it, that every call of the control API needs, if any.
    """

    def __init__(self, idp_url: str, issuer_path: str, header: str = "") -> None:
        self._idp_url, self._issuer_path, self._header = idp_url, issuer_path, header
        self._lines: list[Callable[[Names], str]] = []
        self.changes = 0
        self._made: list[tuple[float, str, Any]] = []

    def call(self, method: str, path: str, body: Any) -> None:
        """A change of the issuer: a call of the control API."""
        self.changes += 1
        if len(self._made) < _MOST_CHANGES:
            self._made.append((time.time(), f"{method} {path.removeprefix(self._issuer_path)}", body))

        def line(names: Names) -> str:
            data = json_word(renamed(body if body is not None else {}, names))
            there = "/".join(_renamed_part(part, names) for part in path.split("/"))
            return f"{_CHANGE} {self._header}-X {method} -d {data} {word(self._idp_url + there)}"

        self._add(line)

    def made(self) -> list[tuple[float, str]]:
        """The first changes of the issuer: unix seconds, and the call with its body in JSON."""
        return [(at, f"{call} {json.dumps(body)}" if body else call) for at, call, body in self._made]

    def request(self, command: Callable[[Names], str], answer: str, *, at_once: bool = False) -> None:
        """A request to the service, as the command that repeats it, and what it was answered.

        With `at_once` the script goes on without its answer; `join` waits for it.
        """
        end = " &" if at_once else ""

        def line(names: Names) -> str:
            made = command(names)
            timed = _TIMED + made.removeprefix(_PLAIN) if made.startswith(_PLAIN) else made
            return f"{timed}{end}  {comment(answer)}"

        self._add(line)

    def assign(self, variable: str, command: Callable[[Names], str]) -> None:
        """A token that is kept: the variable holds what the command prints."""
        self.changes += 1
        self._add(lambda names: f"{variable}=$({command(names)})")

    def join(self) -> None:
        """The end of requests that were sent at once."""
        self._add(lambda _: "wait")

    def pause(self, seconds: float) -> None:
        """Time that passed."""
        self.changes += 1
        self._add(lambda _: f"sleep {seconds:g}")

    def note(self, text: str) -> None:
        """Something that a script can't do by itself."""
        self._add(lambda _: comment(text))

    def look(self, command: Callable[[], str]) -> None:
        """A command that shows what was looked at beside the answers: counters, or what the provider was asked."""
        self.changes += 1
        self._add(lambda _: command())

    def script(self, kids: Mapping[str, str], shown: Callable[[str], str] = lambda line: line) -> list[str]:
        """The script, with the names of keys in place of their kids; `shown` is called with each line that is in it."""
        names = {kid: name for name, kid in kids.items() if name != "first"}  # The issuer keeps its first key.
        reset = f"{_CHANGE} {self._header}-X POST -d '{{}}' {word(f'{self._idp_url}{self._issuer_path}/reset')}"
        lines = ["#!/usr/bin/env bash", reset]
        for line, same in groupby(shown(made(names)) for made in self._lines):
            count = len(list(same))
            if len(line) > _LONGEST_LINE:
                line = comment("too long for a command line: the token_spec is in the record")
            lines += [line] if count == 1 else [f"for _ in {{1..{count}}}; do {line}", "done"]
        return lines

    def _add(self, line: Callable[[Names], str]) -> None:
        """The line is made when somebody asks for the script, which for most cells nobody does."""
        if len(self._lines) < _MOST_LINES:
            self._lines.append(line)


def renamed(value: Any, names: Names) -> Any:
    """A value of JSON with the names of keys in place of their kids."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, Mapping):
        return {renamed(name, names): renamed(item, names) for name, item in value.items()}
    return [renamed(item, names) for item in value] if isinstance(value, list | tuple) else value


def _renamed_part(part: str, names: Names) -> str:
    kid = unquote(part)
    return quote(names[kid], safe="", errors="replace") if kid in names else part
