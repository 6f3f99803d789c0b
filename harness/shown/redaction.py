"""Keeps credentials out of reports: any piece of one that is long enough to be of use, however it is written.

Only letters and digits count, without case: so a token is found when it is split over cookies, lines or the members of
a document, wrapped, quoted, percent-encoded, or written with the escapes of JSON, HTML, shells or quoted-printable,
twice over if need be; and as base64 or hexadecimal digits of it. A piece is a run of eight such characters (twelve of
base64, sixteen hexadecimal digits); of an API key or a password half of it, from eight to twelve. What is shorter may
stand in a text by chance, and nobody gets in with it.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_SHORTEST, _SHORTEST_BASE64, _SHORTEST_HEX, _LONGEST_SHORTEST = 8, 12, 16, 12
# A piece is looked for by so many characters of it, its grams.
_GRAM = 6
# Parts of a token that are longer than words: header, payload, signature, or what stands for them.
_TOKEN_PART = re.compile(r"[A-Za-z0-9_+/-]{16,}")
_SHORTEST_TOKEN = 40
# Of a token as long as a book its ends: nobody gets in without them.
_HEAD, _TAIL = 1024, 2048
_SHOWN_CHARACTERS, _GAP = 8, 2
_DECODINGS = 3
_PLACES = 8
# The cells of a session have most of their tokens in common; one takes some 100 KB.
_FAMILIES = 192
_ESCAPE = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2})"
    r"|=(?P<quoted>[0-9A-F]{2})"
    r"|&#[xX](?P<html>[0-9A-Fa-f]{1,6});?"
    r"|&#(?P<decimal>[0-9]{1,7});?"
    r"|&(?P<ampersand>amp);"
    r"|(?<!\\)\\+(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|u\{(?P<braces>[0-9A-Fa-f]{1,6})\}"
    r"|U(?P<long>[0-9A-Fa-f]{8})|0?(?P<octal>[0-7]{3})|(?P<blank>[nrtbf]))"
)
_OTHERS = re.compile("[^a-z0-9]+")
_NAMED = {"blank": " ", "ampersand": "&"}
_BASES = {"decimal": 10, "octal": 8}


@dataclass(frozen=True)
class _Secret:
    """Letters and digits in lower case; a run of `shortest` of them gives it away. `shown`: how it begins may be."""

    text: str
    shortest: int
    shown: bool
    made_up: bool = False


@dataclass(frozen=True)
class _Family:
    """A credential in all the ways in which it may be written: where in them stand the grams by which it is looked for.

    Each run that gives it away has one of these grams.
    """

    places: Mapping[str, Sequence[tuple[_Secret, int]]]


@dataclass(frozen=True)
class _View:
    """A text with some of its escapes decoded, and where each character of it stands in the text."""

    characters: str
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    shown: bool


class Secrets:
    """What must not be shown: add everything, then `cut` texts. Cutting takes time in proportion to the text."""

    def __init__(self) -> None:
        self._added: list[Callable[[], _Family]] = []  # Most cells pass, and nobody asks what their secrets look like.
        self._families: list[_Family] = []
        self._grams: set[str] = set()

    def add_token(self, token: str) -> None:
        """A bearer token, compact or not. A text too short to be one, or of one letter, is none."""
        self._added.append(lambda: _family_of_token(token))

    def add_text(self, secret: str, *, made_up: bool = False) -> None:
        """An API key, a password. With `made_up` it may stand in commands: the harness chose it and says so openly."""
        self._added.append(lambda: _family_of_text(secret, made_up))

    def add_octets(self, octets: bytes) -> None:
        """A part of a private key: a number, wherever in a key it stands and however that is written."""
        self._added.append(lambda: _family_of_octets(octets))

    def cut(self, text: str, *, command: bool = False) -> str:
        """`text` with `…` for each piece of a secret; the first characters of one stay. `command` spares made-up ones.

        Out: the same text when there is none.
        """
        if len(text) < _GRAM:
            return text
        self._know_all()
        spans = sorted(
            (span for view in _views(text) for span in self._spans(view, command)),
            key=lambda span: (span.start, -span.end),
        )
        shown, at = [], 0
        for span in _merged(spans):
            kept = min(_SHOWN_CHARACTERS, (span.end - span.start) // 2) if span.shown else 0
            shown += [text[at : span.start + kept], "" if text.startswith("…", span.end) else "…"]
            at = span.end
        return "".join([*shown, text[at:]])

    def cut_data(self, value: Any) -> Any:
        """A value of JSON with all its texts and names cut."""
        if isinstance(value, str):
            return self.cut(value)
        if isinstance(value, Mapping):
            return {self.cut(str(name)): self.cut_data(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.cut_data(item) for item in value]
        return value

    def _know_all(self) -> None:
        while self._added:
            family = self._added.pop()()
            self._families.append(family)
            self._grams |= family.places.keys()

    def _spans(self, view: _View, command: bool) -> Iterator[_Span]:
        letters = _OTHERS.sub("", view.characters)
        grams = self._grams & {letters[at : at + _GRAM] for at in range(len(letters) - _GRAM + 1)}
        if not grams:
            return
        places = self._places(grams, command)
        where: list[int] = []
        floor = 0
        for at in range(len(letters) - _GRAM + 1):
            if at < floor or (known := places.get(letters[at : at + _GRAM])) is None:
                continue
            found = None
            for secret, place in known:
                begin, end = _run(letters, at, floor, secret.text, place)
                if end - begin >= secret.shortest and (found is None or end > found[1]):
                    found = (begin, end, secret.shown and begin - at + place == 0)
            if found is not None:
                where = where or [at for at, c in enumerate(view.characters) if not _OTHERS.match(c)]
                yield _Span(view.starts[where[found[0]]], view.ends[where[found[1] - 1]], found[2])
                floor = found[1]

    def _places(self, grams: set[str], command: bool) -> dict[str, list[tuple[_Secret, int]]]:
        """Where in the secrets these grams stand."""
        places: dict[str, list[tuple[_Secret, int]]] = {}
        for family in self._families:
            for gram in family.places.keys() & grams:
                known = places.setdefault(gram, [])
                for place in family.places[gram]:
                    # Many tokens begin alike.
                    if not (command and place[0].made_up) and len(known) < _PLACES and place not in known:
                        known.append(place)
        return places


def _family(secrets: Iterable[_Secret]) -> _Family:
    places: dict[str, list[tuple[_Secret, int]]] = {}
    for secret in secrets:
        stride = secret.shortest - _GRAM + 1
        for at in range(0, len(secret.text) - _GRAM + 1, stride):
            places.setdefault(secret.text[at : at + _GRAM], []).append((secret, at))
    return _Family(places)


@lru_cache(_FAMILIES)
def _family_of_token(token: str) -> _Family:
    return _family(_of_token(token))


@lru_cache(_FAMILIES)
def _family_of_text(secret: str, made_up: bool) -> _Family:
    return _family(_of_text(secret, made_up))


@lru_cache(_FAMILIES)
def _family_of_octets(octets: bytes) -> _Family:
    return _family(_encoded(octets))


def _of_token(token: str) -> Iterator[_Secret]:
    if len(token) < _SHORTEST_TOKEN:
        return
    for piece in [token] if len(token) <= _HEAD + _TAIL else [token[:_HEAD], token[-_TAIL:]]:
        for number, part in enumerate(_TOKEN_PART.findall(piece)):
            if len(set(part)) > 3:
                yield _Secret(_letters(part), _SHORTEST, shown=number == 0)
                yield from _encoded(part.encode())


def _of_text(secret: str, made_up: bool) -> Iterator[_Secret]:
    letters = _letters(secret)
    shortest = min(_LONGEST_SHORTEST, max(_SHORTEST, (len(letters) + 1) // 2))
    yield _Secret(letters, max(_GRAM, min(shortest, len(letters))), shown=True, made_up=made_up)
    if len(letters) >= _SHORTEST:
        yield from _encoded(secret.encode("utf-8", "surrogatepass"), made_up=made_up)


def _encoded(octets: bytes, *, made_up: bool = False) -> Iterator[_Secret]:
    yield _Secret(octets.hex(), _SHORTEST_HEX, shown=False, made_up=made_up)
    for offset, unsure in enumerate((0, 2, 3)):  # What stands before it moves the bits of base64.
        encoded = base64.b64encode(bytes(offset) + octets).decode("ascii").rstrip("=")
        yield _Secret(_letters(encoded[unsure:-2]), _SHORTEST_BASE64, shown=False, made_up=made_up)


def _run(text: str, at: int, floor: int, secret: str, place: int) -> tuple[int, int]:
    """The longest run around `text[at]` that is the same in `secret` around `place`, not before `floor`."""
    begin, start = at, place
    while begin > floor and start > 0 and text[begin - 1] == secret[start - 1]:
        begin, start = begin - 1, start - 1
    end, stop = at + _GRAM, place + _GRAM
    while end < len(text) and stop < len(secret) and text[end] == secret[stop]:
        end, stop = end + 1, stop + 1
    return begin, end


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Spans that overlap, or between which there is only a dot or a quote, as one."""
    last: _Span | None = None
    for span in spans:
        if last is not None and span.start <= last.end + _GAP:
            last = _Span(last.start, max(last.end, span.end), last.shown)
        else:
            if last is not None:
                yield last
            last = span
    if last is not None:
        yield last


def _letters(text: str) -> str:
    """The letters and digits of ASCII, in lower case."""
    return _OTHERS.sub("", text.lower())


def _views(text: str) -> Iterator[_View]:
    """The text, and it with its escapes decoded, as often as there are some."""
    view = _View(text, range(len(text)), range(1, len(text) + 1))
    for _ in range(_DECODINGS):
        yield _View(_folded(view.characters), view.starts, view.ends)
        if not _ESCAPE.search(view.characters):
            return
        characters, starts, ends, at = [], list[int](), list[int](), 0
        for found in _ESCAPE.finditer(view.characters):
            begin, end = found.span()
            characters += [view.characters[at:begin], _decoded(found)]
            starts += [*view.starts[at:begin], view.starts[begin]]
            ends += [*view.ends[at:begin], view.ends[end - 1]]
            at = end
        characters.append(view.characters[at:])
        view = _View("".join(characters), [*starts, *view.starts[at:]], [*ends, *view.ends[at:]])
    yield _View(_folded(view.characters), view.starts, view.ends)


def _folded(text: str) -> str:
    """Characters as letters and digits of ASCII in lower case where they are such, or look like one; else blanks."""
    if text.isascii():
        return text.lower()
    return "".join(c.lower() if c.isascii() else _plain(c) for c in text)


def _plain(c: str) -> str:
    normal = unicodedata.normalize("NFKC", c).lower()
    return normal if len(normal) == 1 and normal.isascii() else " "


def _decoded(found: re.Match[str]) -> str:
    name = found.lastgroup or ""
    if name in _NAMED:
        return _NAMED[name]
    code = int(found[name], _BASES.get(name, 16))
    return chr(code) if code <= 0x10FFFF else " "
