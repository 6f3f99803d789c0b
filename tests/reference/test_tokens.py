"""Only a compact JWS with a JSON object as header and claims is a token."""

from __future__ import annotations

import base64
import json

import pytest

from .issuer import as_json, b64url, claims_now
from .world import World


def test_a_plain_token_is_accepted(world: World) -> None:
    """The positive control of everything else."""
    assert world.start().status(world.k1.token()) == 200


@pytest.mark.parametrize(
    "text",
    ["not-a-jwt", "a.b.c", "..", "...", ".", "eyJhbGciOiJSUzI1NiJ9", "null", "{}", "undefined", "AAEC_w"],
)
def test_text_that_is_no_token_is_refused(world: World, text: str) -> None:
    """401, not 5xx."""
    assert world.start().status(text) == 401


@pytest.mark.parametrize("shape", ["{0}.{1}", "{0}.{1}.{2}.", "{0}.{1}.{2}.x", ".{0}.{1}.{2}", "{0}.{1}.{2}.e.f.g"])
def test_another_number_of_parts_is_refused(world: World, shape: str) -> None:
    """A compact JWS has three."""
    assert world.start().status(shape.format(*world.k1.token().split("."))) == 401


@pytest.mark.parametrize(
    "header",
    [
        b'["alg","RS256"]',
        b"7",
        b'"RS256"',
        b'{"alg":"RS256"',
        b'{"alg":"none","alg":"RS256","kid":"k1"}',
        b'{"alg":"RS256","kid":"evil","kid":"k1"}',
        '{"alg":"RS256","kid":"k1"}'.encode("utf-16-le"),
        b'{"alg":"RS256","kid":"k1","x":"\xff"}',
        b'{"alg":"RS256","kid":"k1","x":NaN}',
    ],
)
def test_a_header_that_is_no_plain_object_is_refused(world: World, header: bytes) -> None:
    """A member that occurs twice would mean one thing here and another elsewhere."""
    assert world.start().status(world.k1.raw_token(header, as_json(claims_now()))) == 401


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b'{"sub":"a"',
        as_json(claims_now())[:-1] + b",}",
        as_json(claims_now()) * 2,
        json.dumps(claims_now()).encode("utf-16"),
        as_json(claims_now())[:-1] + b',"exp":9999999999}',
        b"[" * 5000 + b"]" * 5000,
        b'{"exp":' + b"9" * 5000 + b"}",
    ],
    ids=lambda payload: payload[:12].hex(),
)
def test_a_signed_payload_that_is_no_claims_set_is_refused(world: World, payload: bytes) -> None:
    """The signature is good; there is still nothing to believe."""
    assert world.start().status(world.k1.raw_token({"alg": "RS256", "kid": "k1"}, payload)) == 401


@pytest.mark.parametrize("tail", ["=", "==", "~", "%0A"])
def test_base64url_has_one_spelling(world: World, tail: str) -> None:
    """Padding and foreign characters are refused."""
    assert world.start().status(world.k1.token() + tail) == 401


def test_the_unused_bits_of_the_last_character_are_zero(world: World) -> None:
    """A second spelling of the same bytes is refused, so that a token has one text."""
    token = world.k1.token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    raw = [base64.urlsafe_b64decode(text.split(".")[2] + "==") for text in (token, other)]
    assert raw[0] == raw[1]
    assert world.start().status(other) == 401


def test_a_json_serialization_is_refused(world: World) -> None:
    """JWTs use the compact serialization (RFC 7519 §1)."""
    protected, payload, signature = world.k1.token().split(".")
    flattened = as_json({"protected": protected, "payload": payload, "signature": signature}).decode()
    assert world.start().status(flattened) == 401


def test_a_token_of_five_parts_is_refused(world: World) -> None:
    """Decryption is not authentication."""
    header = b64url(as_json({"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "k1"}))
    assert world.start().status(f"{header}.AA.AA.AA.AA") == 401


@pytest.mark.parametrize("text", ["." * 60_000, "a." * 25_000, "[" * 40_000])
def test_a_flood_is_refused_cheaply(world: World, text: str) -> None:
    """And the service still serves."""
    service = world.start()
    assert service.status(text) in (401, 431)
    assert service.status(world.k1.token()) == 200
