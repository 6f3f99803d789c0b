"""Tokens nobody signed, and tokens signed with a secret that is none."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import get_args

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.mutations.hmac import PublicKeyForm

Mint = Callable[..., ForgedToken]

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def is_hmac(token: str, secret: bytes, alg: str) -> bool:
    """Whether the standard library's HMAC with exactly these bytes gives the token's signature."""
    signed, _, signature = token.rpartition(".")
    expected = hmac.new(secret, signed.encode(), HASHES[alg]).digest()
    return json.loads(b64url_decode(token.split(".")[0]))["alg"] == alg and b64url_decode(signature) == expected


def public_forms(key: SigningKey) -> dict[str, bytes]:
    """The public key in the forms of the mutation, built here from the published JWK alone."""
    published = key.public_jwk(["kty", "n", "e", "x5c"])
    public_key = jwt.PyJWK(published, algorithm="RS256").key
    encoding, public_format = serialization.Encoding, serialization.PublicFormat
    pem = public_key.public_bytes(encoding.PEM, public_format.SubjectPublicKeyInfo)
    certificate = x509.load_der_x509_certificate(base64.b64decode(published["x5c"][0]))
    return {
        "spki-pem": pem,
        "spki-pem-no-newline": pem[:-1],
        "spki-pem-leading-space": b" " + pem,
        "pkcs1-pem": public_key.public_bytes(encoding.PEM, public_format.PKCS1),
        "spki-der": public_key.public_bytes(encoding.DER, public_format.SubjectPublicKeyInfo),
        "pkcs1-der": public_key.public_bytes(encoding.DER, public_format.PKCS1),
        "x509-pem": certificate.public_bytes(encoding.PEM),
    }


def test_alg_none_has_an_empty_third_segment(mint: Mint) -> None:
    """By default alg is none, the kid stays, and the token ends with a dot."""
    forged = mint(mutation="alg-none")
    assert forged.header == {"alg": "none", "typ": "JWT", "kid": "k1"}
    assert forged.token.count(".") == 2
    assert forged.token.endswith(".")


def test_alg_none_leaves_the_claims_alone(mint: Mint) -> None:
    """The payload is that of the good token."""
    assert mint(mutation="alg-none").token.split(".")[1] == mint().token.split(".")[1]


def test_alg_none_is_refused_by_a_good_verifier(mint: Mint, rsa_key: SigningKey) -> None:
    """PyJWT with an allow-list refuses it."""
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(mint(mutation="alg-none").token, rsa_key.public_key, algorithms=["RS256"])


@pytest.mark.parametrize("alg", ["None", "NONE", "nOnE", "none ", "none\x00"])
def test_alg_none_in_other_spellings(alg: str, mint: Mint) -> None:
    """The header's alg is written exactly as given."""
    assert mint(mutation="alg-none", with_={"alg": alg}).header["alg"] == alg


def test_alg_none_without_kid(mint: Mint) -> None:
    """The kid can be left out."""
    assert mint(mutation="alg-none", with_={"keep_kid": False}).header == {"alg": "none", "typ": "JWT"}


def test_alg_none_without_third_segment(mint: Mint) -> None:
    """With `missing` the token is header.payload."""
    assert mint(mutation="alg-none", with_={"third": "missing"}).token.count(".") == 1


def test_alg_none_with_the_old_signature(mint: Mint) -> None:
    """With `old-signature` the third segment is that of the good token."""
    mutated = mint(mutation="alg-none", with_={"third": "old-signature"})
    assert mutated.token.split(".")[2] == mint().token.split(".")[2]
    assert mutated.header["alg"] == "none"


def test_alg_none_needs_a_header_it_can_change(mint: Mint) -> None:
    """A header that is no object is refused."""
    with pytest.raises(JoseError) as caught:
        mint(header_text="[]", mutation="alg-none")
    assert (caught.value.code, caught.value.field) == ("not_an_object", "mutation")


@pytest.mark.parametrize("alg", ["foo", "", None, ["RS256"], 256])
def test_unsigned_keeps_any_header(alg: object, mint: Mint) -> None:
    """The header stays as the spec made it, and nobody signs."""
    forged = mint(header={"alg": alg}, mutation="unsigned")
    assert forged.header["alg"] == alg
    assert forged.token.endswith(".")


@pytest.mark.parametrize("form", get_args(PublicKeyForm))
def test_the_secret_is_the_public_key_in_that_form(form: str, mint: Mint, rsa_key: SigningKey) -> None:
    """The HMAC verifies with exactly those bytes and with no other form's."""
    token = mint(mutation="hmac-with-public-key", with_={"form": form}).token
    matching = [name for name, secret in public_forms(rsa_key).items() if is_hmac(token, secret, "HS256")]
    assert matching == [form]


@pytest.mark.parametrize("alg", sorted(HASHES))
def test_the_public_key_serves_every_hmac_algorithm(alg: str, mint: Mint, rsa_key: SigningKey) -> None:
    """The header and the HMAC are of the algorithm in `with`; the kid stays."""
    forged = mint(mutation="hmac-with-public-key", with_={"alg": alg})
    assert is_hmac(forged.token, public_forms(rsa_key)["spki-pem"], alg)
    assert forged.header["kid"] == "k1"


def test_hmac_with_public_key_is_refused_by_a_good_verifier(mint: Mint, rsa_key: SigningKey) -> None:
    """PyJWT with an allow-list refuses it."""
    token = mint(mutation="hmac-with-public-key").token
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, rsa_key.public_key, algorithms=["RS256"])


def test_only_rsa_keys_have_pkcs1_forms(mint: Mint, ec_key: SigningKey) -> None:
    """PKCS #1 of an EC key is refused, naming the option."""
    with pytest.raises(JoseError) as caught:
        mint(signer=ec_key, mutation="hmac-with-public-key", with_={"form": "pkcs1-pem"})
    assert (caught.value.code, caught.value.field) == ("key_mismatch", "with.form")


@pytest.mark.parametrize("secret", ["", "secret", "schlüssel"])
def test_the_secret_can_be_any_text(secret: str, mint: Mint) -> None:
    """The secret's UTF-8 bytes are the key; the empty one included."""
    token = mint(mutation="hmac-with-secret", with_={"secret": secret, "alg": "HS512"}).token
    assert is_hmac(token, secret.encode(), "HS512")


def test_the_secret_can_be_any_bytes(mint: Mint) -> None:
    """secret_b64 gives the key as bytes."""
    token = mint(mutation="hmac-with-secret", with_={"secret_b64": "_wA"}).token
    assert is_hmac(token, b"\xff\x00", "HS256")


@pytest.mark.parametrize(
    ("options", "code", "field"),
    [
        ({}, "missing_member", "with.secret"),
        ({"secret": "a", "secret_b64": "YQ"}, "missing_member", "with.secret"),
        ({"secret_b64": "YQ=="}, "wrong_value", "with.secret_b64"),
        ({"secret": "\ud800"}, "not_utf8", "with.secret"),
    ],
)
def test_the_secret_is_given_once_and_well(options: dict[str, str], code: str, field: str, mint: Mint) -> None:
    """No secret, two secrets and one that cannot be read are refused, naming the option."""
    with pytest.raises(JoseError) as caught:
        mint(mutation="hmac-with-secret", with_=options)
    assert (caught.value.code, caught.value.field) == (code, field)
