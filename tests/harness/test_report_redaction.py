"""No piece of a credential that is of use stands in a report, however the credential was cut up and written."""

from __future__ import annotations

import base64
import html
import json
import quopri
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.shown.redaction import Secrets

PARTS = [
    base64.urlsafe_b64encode(part).rstrip(b"=").decode()
    for part in (
        b'{"alg":"RS256","typ":"JWT","kid":"k1"}',
        b'{"iss":"http://127.0.0.1:9400/i/","sub":"svc-1","exp":1700000000}',
        random.Random(5).randbytes(256),
    )
]
TOKEN = ".".join(PARTS)
KEY = "sk-full-5f1c7b0e9a"
HALF = len(TOKEN) // 2
LIMIT = 7  # letters and digits in a row


def secrets() -> Secrets:
    made = Secrets()
    made.add_token(TOKEN)
    made.add_text(KEY)
    return made


def letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isascii() and c.isalnum())


def left_of(secret: str, shown: str) -> int:
    """The most letters and digits of the secret that stand in a row in what is shown."""
    text, secret = letters(shown), letters(secret)
    best = 0
    for at in range(len(text)):
        while at + best < len(text) and text[at : at + best + 1] in secret:
            best += 1
    return best


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def percent(text: str) -> str:
    return "".join(f"%{ord(c):02x}" for c in text)


WRITTEN: dict[str, Callable[[str], str]] = {
    "whole": lambda text: f"Bearer {text}",
    "in two cookies": lambda text: f"Set-Cookie: a={text[:HALF]}; Path=/\nSet-Cookie: b={text[HALF:]}; Path=/",
    "in eleven cookies": lambda text: "; ".join(f"c{n}={p}" for n, p in enumerate(pieces(text, len(text) // 10))),
    "in members of a document": lambda text: json.dumps({f"part{n}": p for n, p in enumerate(text.split("."))}),
    "in a list of small pieces": lambda text: json.dumps(pieces(text, 3), indent=1),
    "letter by letter": lambda text: " ".join(text),
    "in lines": lambda text: "\r\n  ".join(pieces(text, 64)),
    "in lines that were escaped": lambda text: json.dumps("\n".join(pieces(text, 64))),
    "as percent escapes": percent,
    "as percent escapes of percent escapes": lambda text: quote(percent(text)),
    "some of it as percent escapes": lambda text: text.replace("e", "%65"),
    "as JSON escapes": lambda text: "".join(f"\\u{ord(c):04X}" for c in text),
    "as JSON in JSON": lambda text: json.dumps(json.dumps("".join(f"\\u{ord(c):04x}" for c in text))),
    "as escapes of other languages": lambda text: "".join(
        (f"\\x{ord(c):02x}", f"\\u{{{ord(c):x}}}", f"\\0{ord(c):03o}", f"\\U{ord(c):08x}")[n % 4]
        for n, c in enumerate(text)
    ),
    "as HTML": lambda text: html.escape("".join(f"&#{ord(c)};" if c in "aeiou" else f"&#x{ord(c):X};" for c in text)),
    "as HTML that was not escaped": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "as quoted-printable": lambda text: quopri.encodestring(text.replace("A", "=41").encode()).decode(),
    "as hexadecimal digits": lambda text: text.encode().hex(),
    "as a hex dump": lambda text: ":".join(f"{c:02X}" for c in text.encode()),
    "as base64 in a document": lambda text: base64.b64encode(json.dumps({"n": 1, "t": text}).encode()).decode(),
    "as base64url, one further": lambda text: base64.urlsafe_b64encode(b"x" + text.encode()).decode(),
    "as base64, two further": lambda text: base64.b64encode(b"xy" + text.encode()).decode(),
    "in the other alphabet": lambda text: text.replace("-", "+").replace("_", "/"),
    "with letters of the other case": str.swapcase,
    "with blanks that can't be seen": lambda text: "\u200b".join(pieces(text, 5)),
    "wide": lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text),
    "in UTF-16": lambda text: text.encode("utf-16-le").decode("latin-1"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_no_useful_piece_of_a_token_is_left(how: str) -> None:
    """Of the signature, without which nobody gets in, nothing that could be put together; of the rest how it begins."""
    written = WRITTEN[how](TOKEN)
    shown = secrets().cut(f"before {written} after")
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    encodings = [
        *PARTS,
        TOKEN.encode().hex(),
        *(base64.b64encode(bytes(n) + TOKEN.encode()).decode() for n in range(3)),
    ]
    if how.startswith("as ") or how == "wide":
        assert len(shown) < len(written) / 2
    assert max(left_of(part, shown) for part in encodings) <= 8
    assert left_of(PARTS[2], shown) <= LIMIT


@pytest.mark.parametrize("how", [how for how in WRITTEN if how not in ("in eleven cookies", "as JSON in JSON")])
def test_no_half_of_an_api_key_is_left(how: str) -> None:
    shown = secrets().cut(f"before {WRITTEN[how](KEY)} after")
    assert left_of(KEY[8:], shown) <= LIMIT


def test_how_it_begins_stays() -> None:
    assert secrets().cut(f"Authorization: Bearer {TOKEN}") == f"Authorization: Bearer {TOKEN[:8]}…"
    assert secrets().cut(f"X-API-Key: {KEY}!") == "X-API-Key: sk-full-…!"


def test_a_signature_alone_is_cut() -> None:
    assert secrets().cut(f"signature={PARTS[2]}") == "signature=…"


def test_other_texts_stay_as_they_are() -> None:
    text = 'error="invalid_token", error_description="The token has expired 1700000000 seconds ago; key sk-read-…"'
    assert secrets().cut(text) is text
    assert Secrets().cut(TOKEN) == TOKEN


def test_short_tokens_and_texts_are_no_secrets() -> None:
    made = Secrets()
    made.add_token("not-a-token")
    made.add_token("x" * 5000)
    made.add_text("short")
    text = "not-a-token short " + "x" * 500
    assert made.cut(text) == text


def test_words_in_a_token_that_is_a_document_are_no_secrets() -> None:
    """The JSON serialisation (RFC 7515 §7.2.2) has names that occur in any message."""
    made = Secrets()
    made.add_token(json.dumps({"protected": PARTS[0], "payload": PARTS[1], "signature": PARTS[2]}))
    assert made.cut("bad signature: protected payload expected") == "bad signature: protected payload expected"
    assert made.cut(PARTS[2]) == "…"


def test_a_key_that_the_harness_made_up_may_stand_in_a_command() -> None:
    made = secrets()
    made.add_text("sk-read-8d2e4a6c1b", made_up=True)
    line = "curl -H 'X-API-Key: sk-read-8d2e4a6c1b'"
    assert made.cut(line, command=True) == line
    assert made.cut(line) == "curl -H 'X-API-Key: sk-read-…'"
    assert made.cut(f"curl {KEY}", command=True) == "curl sk-full-…"


def test_a_private_number_is_found_inside_a_whole_key() -> None:
    number = random.Random(7).randbytes(64)
    made = Secrets()
    made.add_octets(number)
    for before in range(3):
        assert "…" in made.cut(base64.b64encode(bytes(before) + number + b"more").decode())
    assert made.cut(f"d={base64.urlsafe_b64encode(number).decode()}").count("…") == 1


def test_a_whole_record_is_cut() -> None:
    assert secrets().cut_data({TOKEN: [{"a": KEY}, 3, None, True]}) == {
        f"{TOKEN[:8]}…": [{"a": "sk-full-…"}, 3, None, True]
    }


@given(
    st.lists(st.sampled_from([*pieces(TOKEN, 11), *pieces(KEY, 9), "%65", "\\u0065", "&#101;", "\x1b", "e", " ", "."]))
)
def test_whatever_stands_around_it_no_piece_is_left(parts: list[str]) -> None:
    shown = secrets().cut("|".join(parts))
    assert left_of(PARTS[2], shown) <= LIMIT


def test_a_long_text_that_is_all_secret_takes_no_longer_than_another() -> None:
    """The number of comparisons grows with the text, not with its square: sixty times TOKEN, and all of it goes."""
    assert secrets().cut(TOKEN * 60) == f"{TOKEN[:8]}…"
    made = Secrets()
    made.add_token("eHh4eHh5" * 300)
    assert made.cut("eHh4eHh5" * 5000) == "eHh4eHh5…"
