"""What a value in a file has to be: a type, a range, and the words for it in the sentence about a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from harness.grammar.toml_source import Place, TomlSource, shown

# Longer than anything that is waited for, and short enough to be added to a moment.
MOST_SECONDS = 366 * 86_400
# No counter of a service, size in bytes or number of requests is larger.
MOST = 10**12
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PATH = re.compile(r"/[!-~]*")


@dataclass(frozen=True)
class Kind:
    """`what` a value must be, in words, and whether one `fits`; only one that fits is looked at by `then`."""

    what: str
    fits: Callable[[Any], bool]
    then: Kind | None = None

    def missing(self, value: Any) -> str:
        """What the value would have to be; empty when it is."""
        if not self.fits(value):
            return self.what
        return self.then.missing(value) if self.then else ""


def check_kinds(source: TomlSource, table: Mapping[str, Any], kinds: Mapping[str, Kind], place: Place) -> None:
    """Fail at the first key of `table` whose value is not of its kind. Raises `ScenarioFileError`."""
    for key, kind in kinds.items():
        if key in table:
            check_kind(source, table[key], kind, (*place, key), key)


def check_kind(source: TomlSource, value: Any, kind: Kind, place: Place, name: str) -> None:
    """Fail, calling it `name`, unless the value is of the kind. Raises `ScenarioFileError`."""
    if what := kind.missing(value):
        source.fail(place, f"{name} must be {what}, not {shown(value)}")


def whole(least: int, most: int = MOST) -> Kind:
    """A whole number; true and false are none."""
    return Kind(f"a whole number from {least}", lambda value: type(value) is int and value >= least, up_to(most))


def number(least: float, most: float = MOST, *, above: bool = False, unit: str = "") -> Kind:
    """A number from `least` on, or above it; neither true, false, NaN nor an infinity is one."""
    what = f"a number{unit} {'above' if above else 'from'} {least:g}"
    return Kind(what, lambda value: is_number(value) and (value > least if above else value >= least), up_to(most))


def up_to(most: float) -> Kind:
    """A number that is no larger."""
    return Kind(f"no more than {most:,}", lambda value: value <= most)


def is_number(value: Any) -> bool:
    """Whether it is a finite number, and neither true nor false."""
    return type(value) in (int, float) and abs(value) <= 1e308


def words(*allowed: Any) -> Kind:
    """One of these."""
    return Kind(" or ".join(map(repr, allowed)), lambda value: value in allowed)


def items(kind: Kind, what: str, *, some: bool = False) -> Kind:
    """A list of values of that kind; with `some` one at least."""
    return Kind(what, lambda value: isinstance(value, list) and not (some and not value) and _all(value, kind))


def table_of(kind: Kind, what: str) -> Kind:
    """A table all of whose values are of that kind."""
    return Kind(what, lambda value: isinstance(value, dict) and _all(value.values(), kind))


def _all(values: Collection[Any], kind: Kind) -> bool:
    return not any(kind.missing(value) for value in values)


FLAG = Kind("true or false", lambda value: isinstance(value, bool))
ANY_TEXT = Kind("a text", lambda value: isinstance(value, str))
TEXT = Kind("a text with something in it", lambda value: isinstance(value, str) and value.strip() != "")
LINE = Kind("a text of one line", lambda value: isinstance(value, str) and value.isprintable() and value.strip() != "")
TEXTS = items(TEXT, "a list of texts")
SECONDS = number(0, MOST_SECONDS, unit=" of seconds")
SOME_SECONDS = number(0, MOST_SECONDS, above=True, unit=" of seconds")
STATUS = Kind("a status from 100 to 599", lambda value: type(value) is int and 100 <= value <= 599)
STATUSES = items(STATUS, "a list of statuses from 100 to 599")
SOME_STATUSES = items(STATUS, "a list of statuses from 100 to 599, one at least", some=True)
PORT = whole(1, 65_535)
METHOD = Kind("a method of HTTP such as GET", lambda value: isinstance(value, str) and bool(_TOKEN.fullmatch(value)))
HEADER_NAME = Kind("a name as HTTP has them", lambda value: isinstance(value, str) and bool(_TOKEN.fullmatch(value)))
HEADERS = Kind(
    "a table of headers, each a name with a text of one line",
    lambda value: (
        isinstance(value, dict)
        and not any(HEADER_NAME.missing(name) or LINE.missing(text) for name, text in value.items())
    ),
)
PATH = Kind(
    "a path that begins with / and is of printable ASCII without blanks",
    lambda value: isinstance(value, str) and bool(_PATH.fullmatch(value)),
)
