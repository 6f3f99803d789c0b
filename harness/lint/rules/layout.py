"""What keeps the service from starting, and what it never reads."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from harness.grammar.toml_source import Place
from harness.lint.finding import ERROR, WARNING, Found, rule
from harness.lint.layout import Missing, Unknown, Wrong, layout
from harness.lint.names import dotted, in_brackets
from harness.lint.reading import Reading

_LONGEST_NAME = 60
# What to write where a setting of authentication is missing.
_SETTINGS: Mapping[str, str] = {
    "enabled": "enabled = true",
    "jwt_issuer": 'jwt_issuer = "..."  # the iss of its tokens, letter by letter',
    "jwt_audience": 'jwt_audience = "tasker-api"',
    "jwt_token_expiry_hours": "jwt_token_expiry_hours = 24",
    "jwt_private_key": 'jwt_private_key = ""',
    "jwt_public_key": 'jwt_public_key = ""',
    "api_key": 'api_key = ""',
    "api_key_header": 'api_key_header = "X-API-Key"',
}


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/config/tasker.rs; without any of them tasker-py 0.1.8 ends with "
    '"missing field", although Configuration Reference shows patterns without them',
    always=True,
)
def missing_key(reading: Reading) -> Iterator[Found]:
    """A key or a table is missing without which the service doesn't start."""
    missing = [one for one in reading.deviations if isinstance(one, Missing)]
    if reading.is_part:
        missing = [one for one in missing if one.place == reading.auth_place]
    if reading.settings_place != reading.auth_place:
        needed = (key for key, kind in layout()[reading.auth_place].keys.items() if not kind.optional)
        if names := tuple(key for key in needed if not reading.says(key)):
            missing.append(Missing(reading.settings_place, names))
    for one in missing:
        where = in_brackets(one.place) if one.place else "the file"
        message = f"{where} lacks {', '.join(one.names)}: the service doesn't start"
        own = reading.auth_place if one.place == reading.settings_place else one.place
        yield Found(one.place, message, "\n".join(_written(own, name) for name in one.names), absent=True)


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/config/tasker.rs; tasker-py 0.1.8 ends with "
    '"invalid type" or "Configuration validation failed"',
    always=True,
)
def wrong_value(reading: Reading) -> Iterator[Found]:
    """A value is of another kind, or out of the range, that the service takes."""
    for one in reading.deviations:
        if isinstance(one, Wrong):
            message = f"{dotted(one.place)} is {one.value}, not {one.wanted}: the service doesn't start"
            yield Found(one.place, message, _written(one.place[:-1], str(one.place[-1])))


@rule(
    severity=WARNING,
    source="tasker-shared 0.1.8 has no deny_unknown_fields: tasker-py 0.1.8 starts without a warning, as if the key "
    "weren't there",
    always=True,
)
def unknown_key(reading: Reading) -> Iterator[Found]:
    """A key or a table is never read."""
    for one in reading.deviations:
        if not isinstance(one, Unknown) or _is_told_already(reading, one.place):
            continue
        name, table = str(one.place[-1]), isinstance(reading.file.at(one.place), dict)
        what = in_brackets(one.place) if table else dotted(one.place)
        better = _better(reading, one)
        yield Found(one.place, f"{what} is never read{_hint(name, better)}", _line(reading, one.place, better, table))


def _is_told_already(reading: Reading, place: Place) -> bool:
    """Whether this is a table, or holds nothing but tables, of which another rule says that it isn't read."""
    value = reading.file.at(place)
    return any(
        place == ignored[: len(place)] and (place == ignored or value.keys() == {ignored[len(place)]})
        for ignored in reading.ignored
        if isinstance(value, dict)
    )


def _better(reading: Reading, unknown: Unknown) -> Place:
    """Where it may belong, () where nobody knows."""
    name = str(unknown.place[-1])[:_LONGEST_NAME]
    for table in (reading.auth_place, reading.web_place):
        if name in layout()[table].keys:
            return (*table, name)
    near = difflib.get_close_matches(name, unknown.known, n=1, cutoff=0.75)
    if near:
        return (*unknown.place[:-1], near[0])
    return (*reading.web_place,) if name == "web" else ()


def _hint(name: str, better: Place) -> str:
    if not better:
        return ""
    return f"; did you mean {dotted(better)}?" if better[-1] != name else f"; it belongs in {in_brackets(better[:-1])}"


def _line(reading: Reading, place: Place, better: Place, table: bool) -> str:
    if not better:
        return "leave it out"
    return in_brackets(better) if table else f"{better[-1]} = ...  # in {in_brackets(better[:-1])}"


def _written(table: Place, name: str) -> str:
    """What to write for a missing key, or instead of a wrong one."""
    names = tuple(map(str, table))
    if (*names, name) in layout():
        return in_brackets((*names, name))
    if names[1:] == ("web", "auth") and name in _SETTINGS:
        return _SETTINGS[name]
    kind = layout()[names].keys[name] if names in layout() and name in layout()[names].keys else None
    return f"{name} = ...  # {kind.phrase}" if kind else f"{name} = ..."
