"""Where in the text of a TOML file something stands, as parsers don't say."""

from __future__ import annotations

import re

# Table and key names from the outside in; a number counts tables in double brackets, or members of a list.
Place = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.*?)\s*\]")
_NAME = re.compile(r""""[^"]*"|'[^']*'|[^\s.]+""")


def line_of(text: str, place: Place, counted: str = "") -> int:
    """The line (1-based) of one place, as `TomlLines` has it."""
    return TomlLines(text).line_of(place, counted)


class TomlLines:
    """A text that is asked for the lines of many places: its headers are looked for once."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._headers: dict[Place, int] = {}
        seen: dict[Place, int] = {}
        for index, line in enumerate(self._lines):
            if header := _HEADER.match(line):
                self._headers.setdefault(_resolved(header[2], seen, is_list=header[1] == "[["), index)

    def line_of(self, place: Place, counted: str = "") -> int:
        """The line (1-based) of the innermost table or key of `place` that can be found in the text.

        Members of a list are told apart by the key `counted` that each of them has.
        """
        lines, (found, rest) = self._lines, self._table(place)
        end = next((n for n in range(found + 1, len(lines)) if lines[n].startswith("[")), len(lines))
        for part in rest:
            number, key = (part, counted) if isinstance(part, int) else (0, part)
            pattern = re.compile(r"(?:^|[\s{,.])[\"']?" + re.escape(key) + r"[\"']?\s*[.=]")
            hits = [n for n in range(found, end) for _ in pattern.finditer(lines[n])] if key else []
            if number >= len(hits):
                break
            found = hits[number]
        return found + 1

    def _table(self, place: Place) -> tuple[int, Place]:
        """The index of the innermost table's header that is there (0 without one), and what is left of `place`."""
        for depth in range(len(place), 0, -1):
            if (index := self._headers.get(place[:depth])) is not None:
                return index, place[depth:]
        return 0, place


def _resolved(header: str, seen: dict[Place, int], *, is_list: bool) -> Place:
    """The place of a header, with the number of each list of tables in it; `seen` counts these."""
    own: Place = ()
    names = [name.strip("\"'") for name in _NAME.findall(header)]
    for last, name in zip([False] * (len(names) - 1) + [True], names, strict=True):
        own = (*own, name)
        if last and is_list:
            seen[own] = seen.get(own, -1) + 1
        if own in seen:
            own = (*own, seen[own])
    return own
