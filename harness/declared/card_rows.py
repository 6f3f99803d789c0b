"""What a profile says of the card's rows: the documented values, and the thresholds that a value must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.declared.quantities import QUANTITIES
from harness.grammar.kinds import keys_of
from harness.grammar.tables import DurationTable
from harness.grammar.toml_source import Place, TomlSource, shown
from harness.grammar.value_kinds import MOST, MOST_SECONDS, is_number

THRESHOLD_KEYS = ("at_most", "at_least", "is", "one_of")
DOCUMENTED_KEYS = ("value", "source")


@dataclass(frozen=True)
class Documented:
    """What a document says: a value as in a `Finding`, or a duration table, and where it stands."""

    value: Any
    source: str


Threshold = Mapping[str, Any]


def read_documented(source: TomlSource) -> dict[str, Documented]:
    """The table `documented` of a profile. Raises `ScenarioFileError` with the line of what is wrong."""
    found = {}
    for name, table in _rows(source, "documented"):
        place = ("documented", name)
        source.check_keys(table, DOCUMENTED_KEYS, place, f"documented {name}")
        source.check_has(table, DOCUMENTED_KEYS, place, f"documented {name}")
        if not isinstance(table["source"], str) or not table["source"].strip():
            source.fail(place, f"documented {name} needs a source in words: which document, which section")
        _check_value(source, table["value"], (*place, "value"), f"the value of documented {name}")
        found[name] = Documented(table["value"], table["source"])
    return found


def read_thresholds(source: TomlSource) -> dict[str, Threshold]:
    """The table `thresholds` of a profile. Raises `ScenarioFileError` with the line of what is wrong."""
    found = {}
    for name, table in _rows(source, "thresholds"):
        place = ("thresholds", name)
        source.check_keys(table, THRESHOLD_KEYS, place, f"threshold {name}")
        if not table:
            source.fail(place, f"threshold {name} needs one of {', '.join(THRESHOLD_KEYS)}")
        for key in ("at_most", "at_least"):
            if key in table and not is_number(table[key]) and not is_duration(table[key]):
                source.fail((*place, key), f"{key} must be a number or a duration, not {shown(table[key])}")
        if "one_of" in table and not (isinstance(table["one_of"], list) and table["one_of"]):
            source.fail((*place, "one_of"), f"one_of must be a list, not {shown(table['one_of'])}")
        for key, value in table.items():
            _check_value(source, value, (*place, key), f"{key} of threshold {name}")
        found[name] = table
    return found


def is_duration(value: Any) -> bool:
    """Whether it is a table of multiples of the profile's times, such as `{ refresh = 1, seconds = 0.5 }`."""
    return (
        isinstance(value, Mapping)
        and bool(value)
        and set(value) <= set(keys_of(DurationTable))
        and all(is_number(count) and 0 <= count <= MOST_SECONDS for count in value.values())
    )


def _rows(source: TomlSource, table: str) -> list[tuple[str, Any]]:
    rows = source.data.get(table, {})
    if not isinstance(rows, dict):
        source.fail((table,), f"{table} must be a table, not {rows!r}")
    for name in rows:
        source.check_word(name, QUANTITIES, (table, name), "row of the behaviour card")
    return list(rows.items())


def _check_value(source: TomlSource, value: Any, place: Place, what: str) -> None:
    """Fail at a value that no row of a card can have."""
    if isinstance(value, list | Mapping):
        for member in value.values() if isinstance(value, Mapping) else value:
            _check_value(source, member, place, what)
    elif not (isinstance(value, str | bool) or (is_number(value) and 0 <= value <= MOST)):
        source.fail(place, f"{what} must be a text, true or false, a number from 0 to {MOST:,}, not {shown(value)}")
