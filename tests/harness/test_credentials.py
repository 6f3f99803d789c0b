"""Credentials that a service gives away are found in its answers."""

from __future__ import annotations

import pytest

from harness.cell.credentials import credential_in
from harness.targets.base import ApiKey
from harness.wire.exchange import Exchange, Request

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ0aGUtY2FsbGVyIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
KEYS = [ApiKey("sk-read-8d2e4a6c1b", ("a:b",)), ApiKey("short", ())]


def answer(body: str, *headers: tuple[str, str], sent: str = "") -> Exchange:
    return Exchange(Request("GET", "/", (("X-API-Key", sent),)), 401, headers, body.encode())


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_part_of_the_token_in_the_body_is_found(part: int) -> None:
    assert credential_in(answer(f'"{TOKEN.split(".")[part]}"'), TOKEN, KEYS) == "a part of the token"


def test_a_part_of_the_token_in_a_header_is_found() -> None:
    assert credential_in(answer("", ("Location", f"/?t={TOKEN}")), TOKEN, KEYS) == "a part of the token"


def test_short_parts_are_no_sign() -> None:
    """`e30` is an empty object, and `a.b.c` no token at all."""
    assert credential_in(answer("e30 a b c"), "e30.e30.abc", KEYS) == ""


def test_an_api_key_that_was_sent_is_found() -> None:
    assert credential_in(answer("bad key sk-read-8d2e4a6c1b", sent="sk-read-8d2e4a6c1b"), None, KEYS) == "the API key"


def test_an_api_key_that_was_not_sent_is_another_matter() -> None:
    assert credential_in(answer("sk-read-8d2e4a6c1b"), None, KEYS) == ""
