"""What an option of a target must be: how its text is read, and the words for it in the sentence about a wrong one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.grammar.value_kinds import ANY_TEXT, FLAG, LINE, MOST_SECONDS, PATH, Kind, number, whole, words

_WHOLE = re.compile(r"[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_PLACEHOLDER = "{port}"
_HOST_AND_PORT = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")


@dataclass(frozen=True)
class OptionKind:
    """`read` makes a value of text, or leaves the text as it is where it can't; `kind` says what the value must be."""

    kind: Kind
    read: Callable[[str], Any] = str

    def value(self, given: Any) -> Any:
        """The value of an option that was given as text, or as a value already."""
        return self.read(given) if isinstance(given, str) else given


def _read_whole(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text) else text


def _read_number(text: str) -> float | str:
    return float(text) if _NUMBER.fullmatch(text) else text


def _read_flag(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


def _read_names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _is_address(text: object) -> bool:
    """Whether it is an http or https URL with a host, and maybe a port and a path."""
    if not isinstance(text, str) or not text.isprintable() or " " in text or set(text) & set("?#"):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # Also that of a port which is none.
        return False


def _program_of(line: object) -> str:
    """The first word of a command line; "" where there is none."""
    try:
        return next(iter(shlex.split(line)), "") if isinstance(line, str) else ""
    except ValueError:
        return ""


def _is_here(program: str) -> bool:
    """Whether it could be started; a name with a placeholder is only known later."""
    return "{" in program or ("\0" not in program and shutil.which(program) is not None)


def _can_be_a_folder(value: object) -> bool:
    """Whether files can be written to the folder, or to one that is made where it is missing."""
    if not isinstance(value, Path) or "\0" in str(value):
        return False
    there = next((one for one in (value.absolute(), *value.absolute().parents) if os.path.lexists(one)), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _is_pem_file(value: object) -> bool:
    """Whether a file has certificates that can be trusted."""
    try:
        if not isinstance(value, str) or not value:
            return False
        return bool(ssl.create_default_context(cafile=value).cert_store_stats()["x509"])
    except (OSError, ValueError):
        return False


def one_of(*allowed: str) -> OptionKind:
    """One of these words."""
    return OptionKind(words(*allowed))


ADDRESS = OptionKind(
    Kind("the address of a service: an http or https URL with a host, such as http://127.0.0.1:8081", _is_address)
)
HOST_AND_PORT = OptionKind(
    Kind(
        "HOST:PORT, or https://HOST:PORT for TLS, such as 127.0.0.1:9190",
        lambda value: isinstance(value, str) and bool(_HOST_AND_PORT.fullmatch(value.removeprefix("https://"))),
    )
)
ADDRESS_WITH_PORT = OptionKind(
    Kind(
        "an http or https URL with a host, such as http://127.0.0.1:{port}",
        lambda value: isinstance(value, str) and _is_address(value.replace(_PLACEHOLDER, "1")),
    )
)
PROGRAM_LINE = OptionKind(
    Kind(
        "a command line, with a second quotation mark for each",
        lambda value: bool(_program_of(value)) or not isinstance(value, str),
        Kind(
            "a command line whose first word is a program on this machine",
            lambda value: not isinstance(value, str) or _is_here(_program_of(value)),
        ),
    )
)
PROGRAM = OptionKind(
    Kind(
        "the path of a program on this machine",
        lambda value: isinstance(value, str) and bool(value) and _is_here(str(Path(value).absolute())),
    )
)
FOLDER = OptionKind(Kind("a folder to which files can be written, or one that can be made", _can_be_a_folder), Path)
PEM_FILE = OptionKind(Kind("the path of a PEM file with the certificates to trust", _is_pem_file))
AN_APP = OptionKind(
    Kind(
        "an app, a function that makes one, or MODULE:NAME of either",
        lambda value: callable(value) or (isinstance(value, str) and bool(re.fullmatch(r"[\w.]+:[\w.]+", value))),
    )
)
SOME_LINE, ANY, URL_PATH = OptionKind(LINE), OptionKind(ANY_TEXT), OptionKind(PATH)
IMAGE = OptionKind(
    Kind(
        "the name of an image, such as orders:1",
        lambda value: isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*", value)),
    )
)
FREE_PORT, PORT = OptionKind(whole(0, 65_535), _read_whole), OptionKind(whole(1, 65_535), _read_whole)
SECONDS = OptionKind(number(0, MOST_SECONDS, unit=" of seconds"), _read_number)
SOME_SECONDS = OptionKind(number(0, MOST_SECONDS, above=True, unit=" of seconds"), _read_number)
YES_OR_NO = OptionKind(FLAG, _read_flag)
NAMES = OptionKind(
    Kind(
        "names with commas between them",
        lambda value: isinstance(value, list | tuple) and all(isinstance(one, str) for one in value),
    ),
    _read_names,
)
