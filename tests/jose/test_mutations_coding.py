"""Rightly signed bytes that are not the UTF-8 JSON a reader expects."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from mock_idp.jose.encoding import b64url_decode, b64url_encode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey, generate_key

Mint = Callable[..., ForgedToken]

ENCODINGS = ["utf-16-le", "utf-16-bom", "invalid-utf8", "overlong-quote"]


def parts_of(forged: ForgedToken, key: SigningKey) -> dict[str, bytes]:
    """Header and payload as they stand in the token, once PyJWT has found the signature right."""
    signed, _, signature = forged.token.rpartition(".")
    public_key = jwt.PyJWK(key.public_jwk()).key
    assert jwt.get_algorithm_by_name("RS256").verify(signed.encode(), public_key, b64url_decode(signature))
    header, payload = (b64url_decode(segment) for segment in signed.split("."))
    return {"header": header, "payload": payload}


def test_a_deflated_payload(mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """The payload is raw DEFLATE of the claims and the header says zip."""
    parts = parts_of(mint(mutation="deflated-payload"), rsa_key)
    assert json.loads(parts["header"])["zip"] == "DEF"
    assert json.loads(zlib.decompress(parts["payload"], -15)) == base_claims


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("part", ["header", "payload"])
def test_only_the_named_part_changes(part: str, encoding: str, mint: Mint, rsa_key: SigningKey) -> None:
    """The other one is that of the good token, and the signature is right."""
    good = parts_of(mint(), rsa_key)
    parts = parts_of(mint(mutation="recode", with_={"part": part, "encoding": encoding}), rsa_key)
    assert [name for name in good if good[name] != parts[name]] == [part]


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b""), ("utf-16-bom", b"\xff\xfe")])
def test_utf_16(encoding: str, mark: bytes, mint: Mint, rsa_key: SigningKey) -> None:
    """The same text, two bytes a character, with the byte order mark or without."""
    good = parts_of(mint(), rsa_key)["payload"]
    recoded = parts_of(mint(mutation="recode", with_={"part": "payload", "encoding": encoding}), rsa_key)["payload"]
    assert recoded == mark + good.decode().encode("utf-16-le")


def test_a_careless_reader_takes_an_invalid_byte(mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """Who replaces what is no UTF-8 sees the claims and one more; a strict reader sees nothing."""
    forged = mint(mutation="recode", with_={"part": "payload", "encoding": "invalid-utf8"})
    payload = parts_of(forged, rsa_key)["payload"]
    with pytest.raises(UnicodeDecodeError):
        payload.decode("utf-8")
    assert json.loads(payload.decode("utf-8", "replace")) == base_claims | {"recoded": "\ufffd"}


def test_a_careless_reader_takes_an_overlong_quote(
    mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]
) -> None:
    """Who reads C0 A2 as a quote (RFC 3629 section 3 forbids it) sees the claims and one more."""
    forged = mint(mutation="recode", with_={"part": "payload", "encoding": "overlong-quote"})
    payload = parts_of(forged, rsa_key)["payload"]
    with pytest.raises(UnicodeDecodeError):
        payload.decode("utf-8")
    assert json.loads(payload.replace(b"\xc0\xa2", b'"')) == base_claims | {"recoded": "text"}


def test_an_object_without_members(mint: Mint, rsa_key: SigningKey) -> None:
    """The one more member is then the only one."""
    forged = mint(payload="{}", mutation="recode", with_={"part": "payload", "encoding": "invalid-utf8"})
    assert parts_of(forged, rsa_key)["payload"] == b'{"recoded":"\xff"}'


def test_only_objects_are_recoded(mint: Mint) -> None:
    """A payload that is no JSON object is refused."""
    with pytest.raises(JoseError) as caught:
        mint(payload="text", mutation="recode", with_={"part": "payload", "encoding": "utf-16-le"})
    assert caught.value.code == "not_an_object"


@pytest.mark.parametrize("part", ["header", "payload", "signature"])
@pytest.mark.parametrize(
    ("spelling", "marks"), [("padding", "="), ("standard-alphabet", "+/"), ("other-character", "~")]
)
def test_one_part_is_spelt_otherwise(
    part: str, spelling: str, marks: str, mint: Mint, rsa_key: SigningKey, ec_key: SigningKey
) -> None:
    """It has the marks of its spelling, and the signature over what stands there is right."""
    for key in (rsa_key, ec_key):
        token = mint(signer=key, mutation="respell", with_={"part": part, "spelling": spelling}).token
        parts = dict(zip(["header", "payload", "signature"], token.split("."), strict=True))
        assert [name for name, text in parts.items() if set(marks) & set(text)] == [part]
        plain = parts["signature"].rstrip("=").translate({ord("+"): "-", ord("/"): "_", ord("~"): None})
        algorithm, signed = jwt.get_algorithm_by_name(key.algorithm.name), token.rpartition(".")[0].encode()
        assert algorithm.verify(signed, key.public_key, b64url_decode(plain))


@pytest.mark.parametrize("part", ["header", "payload", "signature"])
def test_bits_are_set_behind_the_last_byte(part: str, mint: Mint, rsa_key: SigningKey, ec_key: SigningKey) -> None:
    """The text is another one, its bytes are the same, and the signature over what stands there is right."""
    for key in (rsa_key, ec_key):
        token = mint(signer=key, mutation="respell", with_={"part": part, "spelling": "unused-bits"}).token
        parts = dict(zip(["header", "payload", "signature"], token.split("."), strict=True))
        loose = {name: base64.urlsafe_b64decode(text + "==") for name, text in parts.items()}
        assert [name for name, text in parts.items() if b64url_encode(loose[name]) != text] == [part]
        algorithm, signed = jwt.get_algorithm_by_name(key.algorithm.name), token.rpartition(".")[0].encode()
        assert algorithm.verify(signed, key.public_key, loose["signature"])


def test_a_length_that_needs_no_padding(mint: Mint) -> None:
    """A signature of 384 bytes can't be spelt with any."""
    with pytest.raises(JoseError, match="needs no padding"):
        mint(
            signer=generate_key("RS256", bits=3072),
            mutation="respell",
            with_={"part": "signature", "spelling": "padding"},
        )
