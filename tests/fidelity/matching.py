"""Holds a served value against one of a fixture, where words in pointed brackets stand for what differs each time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DATE = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_STAND_FOR = {
    "20 hex": "[0-9a-f]{20}",
    "16 hex": "[0-9a-f]{16}",
    "POP": "[A-Z]{3}",
    "epoch seconds": r"\d{10}",
    "http-date": _DATE,
    "http-date +1 day": _DATE,
    "http-date matching max-age": _DATE,
    "guid": GUID,
    "~27 chars": "[A-Za-z0-9_-]{24,30}",
    "opaque, oae prefix": "oae[A-Za-z0-9_-]+",
    "YYYY-MM-DD HH:MM:SSZ": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z",
    "40 hex": "[0-9a-f]{40}",
    "44-char base64": "[A-Za-z0-9+/]{43}=",
    "opaque": ".+",
    "seconds": r"\d+",
    "version": r"\d+(\.\d+)+",
    "slice": ".+",
    "text naming X-RateLimit-* headers": ".*X-RateLimit-.*",
    "client guid": GUID,
    "api client guid": GUID,
}
_WORD = re.compile(r"<([^<>]+)>|\{(list)\}|\((longer tail [^()]+)\)")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the fixture says. `where` is a dotted path that begins with the part of the fixture."""

    where: str
    expected: Any
    served: Any
    confirmed: bool = True

    def __str__(self) -> str:
        sure = "" if self.confirmed else " (not confirmed)"
        return f"{self.where}{sure}\n    fixture  {self.expected!r}\n    mock     {self.served!r}"


def same(expected: Any, served: Any) -> bool:
    """Whether a value is as the fixture says; the types count too, so that 1 is not true."""
    if isinstance(expected, str) and isinstance(served, str):
        return re.fullmatch(_pattern(expected), served, re.DOTALL) is not None
    if isinstance(expected, Mapping) and isinstance(served, Mapping):
        return expected.keys() == served.keys() and all(same(expected[name], served[name]) for name in expected)
    if isinstance(expected, list) and isinstance(served, list):
        return len(expected) == len(served) and all(map(same, expected, served))
    return type(expected) is type(served) and bool(expected == served)


def members(
    where: str, expected: Mapping[str, Any], served: Mapping[str, Any], unsure: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """What differs between two objects, member by member, whatever their order.

    `unsure` names the members whose fixture entries are not confirmed.
    """
    for name, wanted in expected.items():
        # What is null is there all the same.
        if name not in served or not same(wanted, served[name]):
            yield Difference(f"{where}.{name}", wanted, served.get(name, "(absent)"), name not in unsure)
    for name in served.keys() - expected.keys():
        yield Difference(f"{where}.{name}", "(absent)", served[name])


def order(where: str, expected: list[str], served: list[str], confirmed: bool) -> Iterator[Difference]:
    """Whether the members that both have stand in the same order."""
    wanted = [name for name in expected if name in served]
    got = [name for name in served if name in expected]
    if wanted != got:
        yield Difference(f"{where} (order)", wanted, got, confirmed)


def _pattern(text: str) -> str:
    parts, end = [], 0
    for found in _WORD.finditer(text):
        parts.append(re.escape(text[end : found.start()]))
        # A word that nobody has explained stands for itself, and so for nothing that is ever served.
        parts.append(".+" if found[1] is None else _STAND_FOR.get(found[1], re.escape(found[0])))
        end = found.end()
    return "".join([*parts, re.escape(text[end:])])
