"""A card as JSON, and two cards beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.base.errors import UsageError
from harness.grammar.value_kinds import is_number
from harness.measure.reading import ERROR, MEASURED, Reading, same
from harness.shown.foreign_text import visible_data
from mock_idp.tools.input_file import InputFileError, parse_json, read_text

VERSION = 1

# The name of a row, and the row on the earlier and on the later card.
Difference = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def card_record(readings: Sequence[Reading], *, target: str, profile: str, style: str, **more: Any) -> dict[str, Any]:
    """The card for machines; `more` are further members."""
    about = {"version": VERSION, "target": target, "profile": profile, "style": style, **more}
    return {**about, "readings": [reading.record() for reading in readings]}


def read_card(file: Path) -> dict[str, Any]:
    """A card that --json wrote. Raises `UsageError` for any other file."""
    try:
        card = parse_json(read_text(file))
    except InputFileError as error:
        raise UsageError(f"{file} is no behaviour card that --json wrote: line {error.line}: it {error}") from None
    rows = card.get("readings") if isinstance(card, dict) else None
    if not isinstance(rows, list):
        raise UsageError(f"{file} is no behaviour card that --json wrote: it has no list of readings")
    for number, row in enumerate(rows, 1):
        if wrong := _wrong_row(row):
            raise UsageError(f"{file} is no behaviour card that --json wrote: {wrong} in reading {number}")
    if card.get("version") != VERSION or not rows:
        raise UsageError(f"{file} is a behaviour card of another version; measure again with --json")
    return dict(visible_data(card))


def is_card(file: Path) -> bool:
    """Whether the file is a JSON document with readings, as no record is: that has an object on each line."""
    if file.is_dir():
        return False
    try:
        card = parse_json(read_text(file))
    except InputFileError:
        return False
    return isinstance(card, dict) and "readings" in card


def _wrong_row(row: Any) -> str:
    """What is wrong with what `differences` reads of a row; empty for nothing."""
    if not isinstance(row, dict) or "value" not in row:
        return "there is no value"
    for name in ("name", "status", "bound", "unit"):
        if not isinstance(row.get(name), str):
            return f"{name} is no text"
    resolution = row.get("resolution")
    return "" if is_number(resolution) and row["resolution"] >= 0 else "resolution is no number from 0"


def differences(earlier: Iterable[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """The rows of the later card that differ from the earlier one by more than the resolution: name and both rows.

    Rows that only one of the cards has do not count: `--only` chooses rows. Nor do those that went wrong on one of
    them, as that says nothing of the service.
    """
    pairs, _ = _pairs(earlier, later)
    return [(old["name"], old, new) for old, new in pairs if not _agree(old, new)]


def in_common(earlier: Iterable[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """How many rows of two cards can be compared, and the names of those that went wrong on one of them."""
    pairs, wrong = _pairs(earlier, later)
    return len(pairs), wrong


def _pairs(
    earlier: Iterable[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]
) -> tuple[list[tuple[Mapping[str, Any], Mapping[str, Any]]], list[str]]:
    before = {row["name"]: row for row in earlier}
    both = [(before[row["name"]], row) for row in later if row["name"] in before]
    wrong = [old["name"] for old, new in both if ERROR in (old["status"], new["status"])]
    return [(old, new) for old, new in both if old["name"] not in wrong], wrong


def _agree(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if old["status"] != new["status"]:
        return False
    if new["status"] != MEASURED:
        return True
    # Through JSON and back, so that both have the same types.
    one, other = old["value"], json.loads(json.dumps(new["value"]))
    resolution = max(old["resolution"], new["resolution"])
    return old["bound"] == new["bound"] and same(one, other, resolution) and same(other, one, resolution)
