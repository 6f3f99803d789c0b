"""Tokens whose signature is right and whose form is not that of a JWT."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey

Mint = Callable[..., ForgedToken]


def is_signed(signed: bytes, signature: str, key: SigningKey) -> bool:
    """Whether PyJWT finds the signature right, with nothing but the JWK."""
    public_key = jwt.PyJWK(key.public_jwk()).key
    return jwt.get_algorithm_by_name("RS256").verify(signed, public_key, b64url_decode(signature))


def test_flattened(mint: Mint, rsa_key: SigningKey) -> None:
    """The three members of RFC 7515 section 7.2.2, rightly signed."""
    document = json.loads(mint(mutation="json-flattened").token)
    assert set(document) == {"payload", "protected", "signature"}
    assert is_signed(f"{document['protected']}.{document['payload']}".encode(), document["signature"], rsa_key)


@pytest.mark.parametrize(
    ("signatures", "valid"),
    [("one", [True]), ("valid-and-forged", [True, False]), ("forged-and-valid", [False, True])],
)
def test_general(signatures: str, valid: list[bool], mint: Mint, rsa_key: SigningKey) -> None:
    """The signatures are right and wrong in the order of the name (RFC 7515 section 7.2.1)."""
    document = json.loads(mint(mutation="json-general", with_={"signatures": signatures}).token)
    assert set(document) == {"payload", "signatures"}
    found = [
        is_signed(f"{entry['protected']}.{document['payload']}".encode(), entry["signature"], rsa_key)
        for entry in document["signatures"]
    ]
    assert found == valid


def test_a_token_can_stand_in_a_header(mint: Mint) -> None:
    """The JSON forms hold no white space and only ASCII."""
    for mutation in ("json-flattened", "json-general", "unencoded-payload"):
        token = mint(mutation=mutation, claims={"name": "é"}).token
        assert token.isascii()
        assert " " not in token


def test_an_unencoded_payload(mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """The claims stand between the dots as JSON, and the signature is over just that (RFC 7797 section 3)."""
    header, payload, signature = mint(mutation="unencoded-payload").token.split(".")
    assert json.loads(payload) == base_claims
    members = json.loads(b64url_decode(header))
    assert (members["b64"], members["crit"]) == (False, ["b64"])
    assert is_signed(f"{header}.{payload}".encode(), signature, rsa_key)


def test_an_unencoded_payload_has_no_fractions(mint: Mint) -> None:
    """A dot outside of a text cannot be escaped, so it is refused."""
    with pytest.raises(JoseError, match="fraction") as caught:
        mint(mutation="unencoded-payload", claims={"exp": 1.5})
    assert caught.value.field == "claims"


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (["header", "payload"], "{0}.{1}"),
        (["header", "payload", "signature", ""], "{0}.{1}.{2}."),
        (["header", "payload", "signature", "extra"], "{0}.{1}.{2}.extra"),
        (["", "header", "payload", "signature"], ".{0}.{1}.{2}"),
        (["a", "b", "c", "d", "e", "f"], "a.b.c.d.e.f"),
    ],
)
def test_segments(keep: list[str], expected: str, mint: Mint) -> None:
    """The good token's segments where they are named, any other text as it is."""
    assert mint(mutation="segments", with_={"keep": keep}).token == expected.format(*mint().token.split("."))


@pytest.mark.parametrize(("keep", "field"), [("header", "with.keep"), (["header", 1], "with.keep[1]")])
def test_segments_are_a_list_of_texts(keep: Any, field: str, mint: Mint) -> None:
    """Anything else is refused, naming the place."""
    with pytest.raises(JoseError) as caught:
        mint(mutation="segments", with_={"keep": keep})
    assert (caught.value.code, caught.value.field) == ("wrong_type", field)
