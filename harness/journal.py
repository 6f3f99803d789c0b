"""What a cell did to the identity provider and to the service, as a shell script that does it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

_CHANGE = "curl -sS -o /dev/null -H 'Content-Type: application/json'"
_TIMED = "curl -si -w '\\n%{time_total} s\\n'"
_MOST_LINES = 400
# Linux takes 128 KiB for one argument of a command.
_LONGEST_LINE = 120_000


class Journal:
    """The lines of one cell's script, in the order in which things were done.

    The script speaks to the issuer at `idp_url` and to the running service, so it works while both are up: `run
    --hold` keeps them. It begins with a reset of the issuer at `issuer_path`; keys are called by their names, as
    their kids will be others. `header` is the option of curl, with a blank behind it, that every call of the control
    API needs, if any.
    """

    def __init__(self, idp_url: str, issuer_path: str, header: str = "") -> None:
        self._idp_url, self._issuer_path, self._header = idp_url, issuer_path, header
        self._lines: list[Callable[[], str]] = []
        self.changes = 0

    def call(self, method: str, path: str, body: Any) -> None:
        """A change of the issuer: a call of the control API."""
        self.changes += 1

        def line() -> str:
            data = shlex.quote(json.dumps(body if body is not None else {}, ensure_ascii=False))
            return f"{_CHANGE} {self._header}-X {method} -d {data} {self._idp_url}{path}"

        self._add(line)

    def request(self, command: Callable[[], str], answer: str, *, at_once: bool = False) -> None:
        """A request to the service, as the command that repeats it, and what it was answered.

        With `at_once` the script goes on without its answer; `join` waits for it.
        """
        end = " &" if at_once else ""
        self._add(lambda: f"{command().replace('curl -si', _TIMED, 1)}{end}  # {answer}")

    def join(self) -> None:
        """The end of requests that were sent at once."""
        self._add(lambda: "wait")

    def pause(self, seconds: float) -> None:
        """Time that passed."""
        self.changes += 1
        self._add(lambda: f"sleep {seconds:g}")

    def note(self, text: str) -> None:
        """Something that a script can't do by itself."""
        self._add(lambda: f"# {text}")

    def look(self, command: Callable[[], str]) -> None:
        """A command that shows what was looked at beside the answers: counters, or what the provider was asked."""
        self.changes += 1
        self._add(command)

    def script(self, names: Mapping[str, str]) -> list[str]:
        """The script, with the kids of `names` (name to kid) replaced by the names of their keys."""
        reset = f"{_CHANGE} {self._header}-X POST -d '{{}}' {self._idp_url}{self._issuer_path}/reset"
        lines = ["#!/usr/bin/env bash", reset]
        for line, same in groupby(made() for made in self._lines):
            count = len(list(same))
            if len(line) > _LONGEST_LINE:
                line = "# too long for a command line: the token_spec is in the record"
            lines.append(line if count == 1 else f"for _ in {{1..{count}}}; do {line}\ndone")
        for name, kid in names.items():
            if name != "first":  # The issuer keeps its first key, and with it the kid.
                lines = [line.replace(kid, name) for line in lines]
        return lines

    def _add(self, line: Callable[[], str]) -> None:
        """The line is made when somebody asks for the script, which for most cells nobody does."""
        if len(self._lines) < _MOST_LINES:
            self._lines.append(line)
