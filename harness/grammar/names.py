"""The names in a scenario: those that its steps give each other, and those of what a profile declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from harness.grammar.kinds import Mark, Place, Schema, marks
from harness.grammar.placeholders import KEY_MEMBERS, ROUTE_PARTS
from harness.grammar.toml_source import TomlSource
from harness.grammar.vocabulary import API_KEYS

# What there is before the first step.
_GIVEN = {"mark": ["start"], "make-issuer": ["second"], "key": ["first", "attacker"], "api-key": list(API_KEYS)}
_CALLED = {"key": "name that an earlier make-key or publish-key gave", "api-key": "API key"}
_KEYS_IN_DATA = ("$jwk", "$x5c")
# Placeholders that name something: `{kid.k2}`, `{issuer.second|upper}`, `{read.permission}`.
_WORD = re.compile(r"\{([a-z_]+|x5c)\.([A-Za-z0-9_-]+)[|}]")
_WORDS = {"kid": "key", "issuer": "make-issuer", "api_key": "api-key", **dict.fromkeys(KEY_MEMBERS, "key")}
_ROUTE: Schema = {"x-route": True}
_USES: dict[str, Schema] = {what: {"x-uses": what} for what in ("key", "make-issuer", "api-key")}

Where = Callable[[Place], Place]


def all_marks(value: Any, schema: Schema, place: Place = ()) -> Iterator[Mark]:
    """What the parts of a value stand for, and what its placeholders and tables such as `{ "$jwk" = NAME }` name."""
    yield from marks(value, schema, place)
    text = repr(value)
    for name in _keys_in(value) if "'$" in text else ():
        yield Mark("x-uses", _USES["key"], name, place)
    for head, tail in _WORD.findall(text) if "{" in text else ():
        if tail in ROUTE_PARTS:
            yield Mark("x-route", _ROUTE, head, place)
        elif head in _WORDS:
            yield Mark("x-uses", _USES[_WORDS[head]], tail, place)


def _keys_in(value: Any) -> Iterator[str]:
    """The keys that `$jwk` and `$x5c` name, anywhere inside."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from [item] if key in _KEYS_IN_DATA and isinstance(item, str) else _keys_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys_in(item)


def named(found: Iterable[Mark], keyword: str) -> list[str]:
    """The names of one sort that marks found."""
    return [one.value if one.argument is True else one.argument for one in found if one.keyword == keyword]


class Names:
    """The names that the steps so far have given, by what gives them; `marks` is all that was found in them."""

    def __init__(self, source: TomlSource) -> None:
        self.marks: list[Mark] = []
        self._source = source
        self._given = {what: list(names) for what, names in _GIVEN.items()}
        self._running: dict[tuple[str, str], tuple[str, str, Place]] = {}

    def take(self, do: str, found: Sequence[Mark], where: Where, issuer: str | None = None, kid: str = "") -> None:
        """Check the names that a step uses, and take up those that it gives. Raises `ScenarioFileError`.

        In: the step, what was found in its arguments, at which place of the file a part of them stands, the other
        issuer that it is about, and the kid of the key that it makes.
        """
        self.marks += found
        for one in found:
            if one.keyword == "x-uses":
                self._use(one, where(one.place), issuer)
        for one in found:
            if one.keyword == "x-gives":
                # The keys of another issuer have names of their own.
                what = f"key of {issuer}" if one.argument == "key" and issuer else one.argument
                self._given.setdefault(what, []).append(one.value)
                if "x-until" in one.schema:
                    self._running[what, one.value] = do, one.schema["x-until"], where(())
        self._given.setdefault("kid", []).append(kid)

    def _use(self, mark: Mark, place: Place, issuer: str | None) -> None:
        what, name = mark.argument, mark.value
        known = self._given.get(what, [])
        if mark.place[-2:] == ("token", "key"):
            known = ["current", *(self._given.get(f"key of {issuer}", []) if issuer else known)]
        elif mark.place[:1] == ("edit",):
            known = [*known, *self._given.get("kid", [])]
        if "{" not in name:
            self._source.check_word(name, known, place, _CALLED.get(what, f"name that an earlier {what} gave"))
        self._running.pop((what, name), None)

    def end(self) -> None:
        """Check that what runs in the background is ended: without an end nothing of it would be judged."""
        for (_, name), (do, until, place) in self._running.items():
            self._source.fail(place, f"{do} {name!r} is never judged: it needs a {until} step")
