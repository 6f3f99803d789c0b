"""Files that are read: regular, not too large, UTF-8, and as TOML or JSON not too deep."""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 64
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class InputFileError(ValueError):
    """A file that can't be used. The text is what is wrong with it, `line` (1-based) where."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """The file, to be read. Raises `InputFileError`, also for what fails within; never waits as for a FIFO's writer."""
    try:
        # Opened first and looked at then: what the name stands for may change in between.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    except (OSError, ValueError) as error:
        raise InputFileError(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            kind = _KINDS.get(stat.S_IFMT(about.st_mode), "something else")
            raise InputFileError(f"can't be read: it is {kind}, and must be a file")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            yield stream
    except OSError as error:
        raise InputFileError(f"can't be read: {error.strerror}") from error
    finally:
        os.close(descriptor)


def read_bytes(file: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """What is in the file. Raises `InputFileError`."""
    with opened(file) as stream:
        data = stream.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InputFileError(f"is too large: more than {most_bytes:,} bytes")
    return data


def read_text(file: Path, most_bytes: int = MOST_BYTES) -> str:
    """The text of the file. Raises `InputFileError`."""
    data = read_bytes(file, most_bytes)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputFileError(f"can't be read: byte 0x{data[error.start]:02x} is no UTF-8", line) from error


def parse_toml(text: str) -> dict[str, Any]:
    """A TOML document. Raises `InputFileError`."""
    return dict(_parsed(tomllib.loads, text, "TOML"))


def parse_json(text: str | bytes) -> Any:
    """A JSON document; NaN and the infinities are none, and no object has a member twice. Raises `InputFileError`."""
    return _parsed(_json, text, "JSON")


def _json(text: str | bytes) -> Any:
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_members)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:  # Nobody knows which one is meant.
            raise ValueError(f"the member {name[:100]!r} stands there twice")
        members[name] = value
    return members


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _parsed(parse: Callable[[Any], Any], text: str | bytes, what: str) -> Any:
    try:
        document = parse(text)
    except RecursionError as error:
        raise InputFileError(f"is nested too deeply: more than {DEEPEST} levels") from error
    except ValueError as error:  # Also that of int(), for a number of thousands of digits.
        line = getattr(error, "lineno", None) or _line(str(error))
        raise InputFileError(f"is no {what}: {error}", line) from error
    if _is_deep(document):
        raise InputFileError(f"is nested too deeply: more than {DEEPEST} levels")
    return document


def _line(sentence: str) -> int:
    found = re.search(r"at line (\d+)", sentence)
    return int(found[1]) if found else 1


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            member
            for one in level
            if isinstance(one, dict | list)
            for member in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
