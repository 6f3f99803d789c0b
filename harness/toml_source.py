"""A TOML file with the line of everything in it, so that an error can say where to look."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from harness.errors import ScenarioFileError


class TomlSource:
    """A parsed TOML file; `data` is its content.

    Raises `ScenarioFileError` when the file can't be read or isn't TOML (a duplicate key is not TOML).
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self.text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ScenarioFileError(file, 1, f"can't be read: {error}") from error
        try:
            self.data: dict[str, Any] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            raise ScenarioFileError(file, int(line[1]) if line else 1, str(error)) from error

    def line(self, *path: str) -> int:
        """The line (1-based) of the innermost table or key of `path` that can be found in the text."""
        lines = self.text.splitlines()
        found = 0
        for depth in range(len(path), 0, -1):
            header = re.compile(r"\s*\[+\s*" + r"\s*\.\s*".join(_bare(p) for p in path[:depth]) + r"\s*\]+")
            found = next((n for n, text in enumerate(lines) if header.match(text)), -1)
            if found >= 0:
                path = path[depth:]
                break
        else:
            found = 0
        start = found
        for part in path:
            key = re.compile(r"(^|[\s{,.])" + _bare(part) + r"\s*[.=]")
            end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
            hit = next((n for n in range(found, end) if key.search(lines[n])), None)
            if hit is None:
                break
            found = hit
        return found + 1

    def fail(self, path: Iterable[str], sentence: str) -> NoReturn:
        """Raise a `ScenarioFileError` that points at `path`."""
        raise ScenarioFileError(self.file, self.line(*path), sentence)

    def check_keys(self, table: Any, allowed: Iterable[str], path: tuple[str, ...], what: str) -> None:
        """Fail, naming the nearest known word, if `table` isn't a table or has a key not in `allowed`."""
        if not isinstance(table, dict):
            self.fail(path, f"{what} must be a table, not {table!r}")
        known = list(allowed)
        for key in table:
            if key not in known:
                self.fail((*path, key), f"{what} has no key {key!r}{nearest(key, known)}")

    def check_word(self, word: Any, allowed: Iterable[str], path: tuple[str, ...], what: str) -> None:
        """Fail, naming the nearest known word, if `word` isn't one of `allowed`."""
        known = list(allowed)
        if word not in known:
            self.fail(path, f"{word!r} is no {what}{nearest(str(word), known)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for an error message: `; did you mean 'x'?`, or the known words when nothing is near."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(words)}"


def _bare(part: str) -> str:
    return "[\"']?" + re.escape(part) + "[\"']?"
