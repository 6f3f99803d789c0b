"""The card for people."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from harness.declared.card_rows import Documented
from harness.declared.quantities import QUANTITIES
from harness.measure.answers import shape
from harness.measure.card import print_card, text_of
from harness.measure.finding import Finding, unmeasured
from harness.measure.reading import Reading, make_reading


def printed(*readings: Reading, width: int = 100) -> str:
    out = io.StringIO()
    print_card(Console(file=out, width=width), readings)
    return out.getvalue()


def reading(name: str, finding: Finding, documented: Any = None, **more: Any) -> Reading:
    said = None if documented is None else Documented(documented, "A manual, A page")
    return make_reading(QUANTITIES[name], finding, said, more.get("threshold"), lambda _: 0.0)


def test_a_hundred_columns_are_enough_for_every_name() -> None:
    """No name is broken, and no line is longer."""
    text = printed(*(reading(name, Finding("x" * 60)) for name in QUANTITIES))
    assert [name for name in QUANTITIES if f"\n{name} " not in "\n" + text] == []
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("width", [100, 120])
def test_no_part_of_a_long_answer_is_lost(width: int) -> None:
    """It is folded instead."""
    answer = {"status": 401, "www_authenticate": 'Bearer realm="a b"', "body": {"error": "~" * 70}}
    threshold = {"is": answer}
    row = reading(
        "answer-bad-token", Finding(answer), {"status": 401, "body": {"error": "^" * 70}}, threshold=threshold
    )
    text = printed(row, width=width)
    assert (text.count("~"), text.count("^"), text.count("}"), text.count("kept")) == (70, 70, 2, 1)


def test_another_value_than_the_documented_one_is_marked() -> None:
    text = printed(
        reading("clock", Finding("its own"), "another"), reading("revocation-forced", Finding("gone"), "gone")
    )
    assert [line.split()[0] for line in text.splitlines() if "≠" in line] == ["clock"]
    assert [line.split()[0] for line in text.splitlines() if " = " in line] == ["revocation-forced"]


def test_a_source_stands_below_the_table_once() -> None:
    text = printed(reading("clock", Finding("x"), "x"), reading("revocation-forced", Finding("x"), "x"))
    assert text.count("A manual, A page") == 1


def test_a_row_that_was_not_measured_has_its_reason_below() -> None:
    assert "not measured: clock: no clock here" in printed(reading("clock", unmeasured("no clock here")))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "fetches", "1 fetch"),
        (0, "fetches", "0 fetches"),
        (0.5, "s", "0.5 s"),
        (1_048_576, "bytes", "1,048,576 bytes"),
        (["a", "b"], "", "a, b"),
        ([], "", "(none)"),
        ({"status": 401, "www_authenticate": None}, "", "401\nWWW-Authenticate: (absent)"),
    ],
)
def test_a_value_reads_well(value: Any, unit: str, text: str) -> None:
    assert text_of(value, unit) == text


def test_a_bodys_shape_has_types_for_values() -> None:
    """No value of an answer reaches the card."""
    body = {"error": {"code": "x", "at": 1.5, "fatal": False, "more": None}, "list": ["a", "b", 1]}
    assert shape(body) == {
        "error": {"code": "string", "at": "number", "fatal": "boolean", "more": "null"},
        "list": ["string", "number"],
    }


def test_what_became_of_good_tokens_stands_beside_the_fetches() -> None:
    """One fetch for ten requests is no good news when nine of them are refused."""
    finding = Finding(1, counts={"requests": 10, "accepted": 1})
    assert "1 fetch, 1 of 10 let in" in printed(reading("coalescing-new-kid", finding))
