"""Foreign text is shown as printable characters, one line, in a form that can't be mistaken for another one."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.shown.foreign_text import FitToShow, ForeignText, foreign, header_text, lines_of, visible, visible_data

SHOWN: dict[str, tuple[bytes | str, str]] = {
    "plain": ("nothing to do", "nothing to do"),
    "letters of the world": ("naïve 日本 שלום", "naïve 日本 שלום"),
    "an escape sequence": (b"\x1b[2J\x1b[32mALL PASSED", r"\x1b[2J\x1b[32mALL PASSED"),
    "C0 and DEL": ("\0\a\b\x7f", r"\x00\x07\x08\x7f"),
    "C1 as a character": ("\u009b31m", r"\u009b31m"),
    "C1 as a byte": (b"\x9b31m", r"\x9b31m"),
    "lines": ("a\r\n3 cells: 3 passed\tb", r"a\r\n3 cells: 3 passed\tb"),
    "lines of Unicode": ("a\u2028b\u2029c\x85d", r"a\u2028b\u2029c\u0085d"),
    "bidi": ("\u202ea\u2066b\u200fc", r"\u202ea\u2066b\u200fc"),
    "nothing to see": ("a\u200bb\u2060c\ufeffd\u00ade", r"a\u200bb\u2060c\ufeffd\u00ade"),
    "nothing to see, though printable": ("a\u3164b\u115fc\u2800d\ufe0fe", r"a\u3164b\u115fc\u2800d\ufe0fe"),
    "other blanks": ("a\u00a0b\u3000c", r"a\u00a0b\u3000c"),
    "tags and selectors": ("a\U000e0041b\U000e0101", r"a\U000e0041b\U000e0101"),
    "no characters": ("a\ufffe\uffff\U0010ffff", r"a\ufffe\uffff\U0010ffff"),
    "lone surrogates": ("a\ud800b\udc80", r"a\ud800b\udc80"),
    "no UTF-8": (b"a\xff\xc3(\xed\xa0\x80", r"a\xff\xc3(\xed\xa0\x80"),
    "an escape that the service wrote itself": (r"\x1b[31m \u202e", r"\\x1b[31m \\u202e"),
    "a backslash before a real one": ("\\\x1b", r"\\\x1b"),
    "marks on a letter": ("e\u0301", "e\u0301"),
    "marks without an end": ("e" + 6 * "\u0301", "e" + 4 * "\u0301" + 2 * r"\u0301"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_cannot_be_seen_is_spelt_out(name: str) -> None:
    raw, shown = SHOWN[name]
    assert str(ForeignText(raw)) == f"{ForeignText(raw)}" == shown


@given(st.text(st.characters(exclude_categories=()), max_size=60) | st.binary(max_size=60))
def test_whatever_it_is_every_character_of_it_is_printable(raw: str | bytes) -> None:
    shown = str(ForeignText(raw))
    assert shown.isprintable()
    shown.encode("utf-8")
    assert visible(shown) == shown


@given(
    st.text(st.characters(exclude_categories=()), max_size=9), st.text(st.characters(exclude_categories=()), max_size=9)
)
def test_two_texts_never_look_the_same_because_of_an_escape(one: str, other: str) -> None:
    assert (one == other) == (str(ForeignText(one)) == str(ForeignText(other)))


def test_a_long_text_says_how_much_is_left() -> None:
    assert str(ForeignText("é" * 300, 100)) == "é" * 100 + "… (400 more bytes)"
    assert str(ForeignText(b"x" * 4_000_000, 100)) == "x" * 100 + "… (3999900 more bytes)"
    assert str(ForeignText("x" * 100, 100)) == "x" * 100


def test_escapes_count_as_they_are_shown() -> None:
    assert str(ForeignText(b"\x1b" * 10, 12)) == r"\x1b\x1b\x1b" + "… (7 more bytes)"


@given(st.binary(max_size=500), st.integers(1, 120))
def test_the_limit_holds(raw: bytes, limit: int) -> None:
    assert len(str(ForeignText(raw, limit)).partition("… (")[0]) <= limit


def test_a_header_is_read_as_the_bytes_it_was() -> None:
    assert str(header_text("caf\u00c3\u00a9 \u009b")) == r"café \x9b"
    assert str(header_text("日本")) == "日本"


def test_anything_else_is_shown_by_its_text() -> None:
    assert f"{foreign(ValueError(chr(27)))}" == r"\x1b"
    assert f"{foreign(10**5000)}" == "(a number of 16610 bits)"
    assert repr(foreign("a\nb")) == r'"a\nb"'


def test_a_log_is_shown_line_by_line() -> None:
    log = b"first\r\nsecond\x1b[1A\r3 passed\nthird\xff\n"
    assert lines_of(log, 2) == [r"second\x1b[1A\r3 passed", r"third\xff"]
    assert lines_of("", 5) == []


def test_texts_of_our_own_keep_their_lines_and_their_backslashes() -> None:
    assert visible("one\n  \\x1b two\x1b\u2028") == "one\n  \\x1b two\\x1b\\u2028"


def test_a_record_is_json_whatever_was_put_into_it() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    value = {"a\x1b": ["\ud800", 10**400, math.nan, -math.inf, True, None, 1.5, ("x",), {3: object}], "deep": deep}
    shown = visible_data(value)
    assert shown["a\\x1b"][:7] == ["\\ud800", "(a number of 1329 bits)", "(nan)", "(-inf)", True, None, 1.5]
    assert shown["a\\x1b"][7:] == [["x"], {"3": "<class 'object'>"}]
    assert json.dumps(shown, allow_nan=False, ensure_ascii=False).encode("utf-8").decode().isprintable()


def test_no_member_of_a_record_holds_anything_else() -> None:
    class Row(FitToShow):
        text: str

    row = Row()
    row.text = "a\x1b[2J"
    assert row.text == "a\\x1b[2J"
