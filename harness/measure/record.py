"""A card as JSON, and two cards beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.foreign_text import foreign, visible_data
from harness.input_file import parse_json, read_text
from harness.measure.reading import MEASURED, Reading, is_number, same

VERSION = 1

# The name of a row, and the row on the earlier and on the later card.
Difference = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def card_record(readings: Sequence[Reading], *, target: str, profile: str, style: str, **more: Any) -> dict[str, Any]:
    """The card for machines; `more` are further members."""
    about = {"version": VERSION, "target": target, "profile": profile, "style": style, **more}
    return {**about, "readings": [reading.record() for reading in readings]}


def write_card(file: Path, record: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_card(file: Path) -> dict[str, Any]:
    """A card that `write_card` wrote. Raises `UsageError` for any other file."""
    try:
        card = parse_json(read_text(file))
        for row in card["readings"]:
            _check_row(row)
    except (ValueError, TypeError, KeyError) as error:
        what = f"{type(error).__name__}: {foreign(error)}"
        raise UsageError(f"{file} is no behaviour card that --json wrote: {what}") from None
    if card.get("version") != VERSION or not card["readings"]:
        raise UsageError(f"{file} is a behaviour card of another version; measure again with --json")
    return dict(visible_data(card))


def _check_row(row: Mapping[str, Any]) -> None:
    for name in ("name", "status", "bound", "unit"):
        if not isinstance(row[name], str):
            raise ValueError(f"{name} is no text")
    if not is_number(row["resolution"]):
        raise ValueError("resolution is no number")
    row["value"]


def differences(earlier: Iterable[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """The rows of the later card that differ from the earlier one by more than the resolution: name and both rows.

    Rows that only one of the cards has do not count: `--only` chooses rows.
    """
    before = {row["name"]: row for row in earlier}
    pairs = ((row["name"], before[row["name"]], row) for row in later if row["name"] in before)
    return [(name, old, new) for name, old, new in pairs if not _agree(old, new)]


def _agree(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if old["status"] != new["status"]:
        return False
    if new["status"] != MEASURED:
        return True
    # Through JSON and back, so that both have the same types.
    one, other = old["value"], json.loads(json.dumps(new["value"]))
    resolution = max(old["resolution"], new["resolution"])
    return old["bound"] == new["bound"] and same(one, other, resolution) and same(other, one, resolution)
