"""A TOML file with the line of everything in it, so that an error can say where to look."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from harness.base.errors import ScenarioFileError
from mock_idp.tools import toml_lines
from mock_idp.tools.input_file import InputFileError, parse_toml, read_text

Place = toml_lines.Place
# A longer list of known words would bury the sentence that it is a part of.
_SHOWN = 25
_LONGEST_VALUE = 200


class TomlSource:
    """A parsed TOML file; `data` is its content. With `text` it is that, whatever stands in the file.

    Raises `ScenarioFileError` when the file can't be read or isn't TOML (a duplicate key is not TOML).
    """

    def __init__(self, file: Path, text: str | None = None) -> None:
        self.file = file
        try:
            self.text = read_text(file) if text is None else text
            self.data = parse_toml(self.text)
        except InputFileError as error:
            raise ScenarioFileError(file, error.line, str(error)) from error

    def line(self, *path: str | int) -> int:
        """The line (1-based) of the innermost table or key of `path` that can be found in the text."""
        return toml_lines.line_of(self.text, path, counted="do")

    def fail(self, path: Place, sentence: str) -> NoReturn:
        """Raise a `ScenarioFileError` that points at `path`."""
        raise ScenarioFileError(self.file, self.line(*path), sentence)

    def fail_at(self, text: str, path: Place, sentence: str) -> NoReturn:
        """Raise a `ScenarioFileError` that points at the first line with `text` from `path` on."""
        lines = self.text.split("\n")
        start = self.line(*path) - 1
        found = next((n for n in range(start, len(lines)) if text in lines[n]), start)
        raise ScenarioFileError(self.file, found + 1, sentence)

    def check_keys(self, table: Any, allowed: Iterable[str], path: Place, what: str) -> None:
        """Fail, naming the nearest known word, if `table` isn't a table or has a key not in `allowed`."""
        if not isinstance(table, dict):
            self.fail(path, f"{what} must be a table, not {shown(table)}")
        known = list(allowed)
        for key in table:
            if key not in known:
                self.fail((*path, key), f"{what} has no key {key!r}{nearest(key, known)}")

    def check_has(self, table: Mapping[str, Any], needed: Iterable[str], path: Place, what: str) -> None:
        """Fail, naming the key, if `table` lacks one of `needed`."""
        for key in needed:
            if key not in table:
                self.fail(path, f"{what} needs {key}")

    def check_word(self, word: Any, allowed: Iterable[str], path: Place, what: str) -> None:
        """Fail, naming the nearest known word, if `word` isn't one of `allowed`."""
        known = list(allowed)
        if word not in known:
            self.fail(path, f"{shown(word)} is no {what}{nearest(str(word), known)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for an error message: `; did you mean 'x'?`, or the known words when nothing is near."""
    words = sorted(known)
    if close := difflib.get_close_matches(word, words, n=1):
        return f"; did you mean {close[0]!r}?"
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return f"; known: {', '.join(words[:_SHOWN])}{more}" if words else ""


def shown(value: Any) -> str:
    """A value in a sentence: as Python writes it, and cut where it would bury the sentence."""
    try:
        text = repr(value)
    except ValueError:  # A number of thousands of digits.
        text = "a number that is too long to show"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
