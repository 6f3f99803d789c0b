"""Two cards beside each other."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from measuring import Measure

from harness.base.errors import UsageError
from harness.measure.record import card_record, differences, in_common, read_card


def row(value: Any, *, bound: str = "", status: str = "measured", resolution: float = 0.5) -> dict[str, Any]:
    return {"name": "cool-down", "value": value, "bound": bound, "status": status, "resolution": resolution}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (row(1.0), row(1.5)),
        (row(1.0, resolution=0.1), row(1.4)),
        (row([1, 2]), row((1, 2))),
        (row(None, status="not measured"), row(None, status="not measured")),
        (row(5.0, bound="at least"), row(5.0, bound="at least")),
    ],
)
def test_rows_agree(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Numbers within the coarser of both resolutions, all else when it is equal."""
    assert differences([old], [new]) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (row(1.0), row(1.6)),
        (row("gone"), row("still accepted")),
        (row(5.0, bound="at least"), row(5.0)),
        (row(1.0), row(None, status="not measured")),
        (row({"a": 1}), row({"a": 1, "b": 2})),
        (row({"a": 1, "b": 2}), row({"a": 1})),
    ],
)
def test_rows_differ(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Also by a member more or less, or by a bound."""
    assert differences([old], [new]) == [("cool-down", old, new)]


def test_a_row_that_only_one_card_has_is_no_difference() -> None:
    """`--only` chooses rows."""
    assert differences([row(1.0)], []) == []


@pytest.mark.parametrize(("old", "new"), [("error", "measured"), ("measured", "error"), ("error", "error")])
def test_a_row_that_went_wrong_is_no_difference(old: str, new: str) -> None:
    """It says nothing of the service; the row is named instead."""
    one, other = [row(1.0, status=old)], [row(2.0, status=new)]
    assert differences(one, other) == []
    assert in_common(one, other) == (0, ["cool-down"])


def test_a_card_is_read_as_it_was_written(tmp_path: Path, measured: Measure) -> None:
    record = card_record([*measured("credential-precedence").values()], target="reference", profile="x", style="auth0")
    (tmp_path / "card.json").write_text(json.dumps(record))
    assert read_card(tmp_path / "card.json") == record


def with_row(**changes: Any) -> str:
    return json.dumps({"version": 1, "readings": [{**row(1.0), "unit": "s", **changes}]})


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"readings": [{}]}', '{"version": 99, "readings": []}', '{"readings": 1}', "[" * 9999),
        with_row(resolution=math.nan),
        with_row(resolution=-1),
        with_row(resolution=True),
        with_row(resolution="1"),
        with_row(name=1),
        with_row(status=None),
        with_row(bound=[]),
        with_row(unit=1),
        with_row(value=math.inf),
    ],
)
def test_another_file_is_no_card(tmp_path: Path, text: str) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(UsageError, match=r"card.json is (no|a) behaviour card"):
        read_card(tmp_path / "card.json")
