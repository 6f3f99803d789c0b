"""Symmetric signatures where the verifier holds a public key."""

from typing import Literal

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.der import pem
from mock_idp.jose.encoding import compact_json, utf8
from mock_idp.jose.errors import JoseError
from mock_idp.jose.json_checks import base64url
from mock_idp.jose.jws import compact, signing_input
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.members import OTHERWISE
from mock_idp.jose.mutations.base import Draft, mutation, mutation_with
from mock_idp.jose.raw_rsa import RawRsaPublicKey
from mock_idp.jose.signing import hmac_sign

HmacName = Literal["HS256", "HS384", "HS512"]
PublicKeyForm = Literal[
    "spki-pem",
    "spki-pem-no-newline",
    "spki-pem-leading-space",
    "pkcs1-pem",
    "spki-der",
    "pkcs1-der",
    "x509-pem",
]


@mutation
def hmac_with_public_key(draft: Draft, *, form: PublicKeyForm = "spki-pem", alg: HmacName = "HS256") -> str:
    """The HMAC secret is the signing key's public half, in one of the forms a verifier may keep it in.

    Source: RFC 8725 sections 2.1 and 3.1; CVE-2015-9235, CVE-2016-10555, CVE-2022-29217.
    """
    return _signed_with(public_key_bytes(draft.key, form), draft, alg)


_ONE_SECRET = "'hmac-with-secret' needs one of the options 'secret' and 'secret_b64'."


@mutation_with(
    {
        "anyOf": [{"required": ["secret"]}, {"required": ["secret_b64"]}],
        "not": {"required": ["secret", "secret_b64"]},
        OTHERWISE: _ONE_SECRET,
    },
    {"properties": {"secret_b64": base64url.schema}},
)
def hmac_with_secret(
    draft: Draft, *, secret: str | None = None, secret_b64: str | None = None, alg: HmacName = "HS256"
) -> str:
    """The HMAC secret is the given text, or the given bytes in base64url; it may be empty.

    Source: RFC 8725 section 3.5; CVE-2019-20933, CVE-2026-44351.
    """
    if secret is not None and secret_b64 is None:
        return _signed_with(utf8(secret, "with.secret"), draft, alg)
    if secret_b64 is not None and secret is None:
        return _signed_with(base64url(secret_b64, "with.secret_b64"), draft, alg)
    raise JoseError("missing_member", _ONE_SECRET, "with.secret")


def public_key_bytes(key: SigningKey, form: PublicKeyForm) -> bytes:
    """The public key in exactly the bytes of that form.

    Raises JoseError `key_mismatch` for a PKCS #1 form of a key that is not RSA (RFC 8017 appendix A.1.1).
    """
    if form == "x509-pem":
        return key.certificate().public_bytes(Encoding.PEM)
    if form == "spki-der":
        return key.spki_der()
    if form in ("pkcs1-pem", "pkcs1-der"):
        der = _pkcs1_der(key, form)
        return pem("RSA PUBLIC KEY", der).encode("ascii") if form == "pkcs1-pem" else der
    spki = key.public_pem().encode("ascii")
    if form == "spki-pem-no-newline":
        return spki.rstrip(b"\n")
    return b" " + spki if form == "spki-pem-leading-space" else spki


def _pkcs1_der(key: SigningKey, form: PublicKeyForm) -> bytes:
    if isinstance(key.public_key, RawRsaPublicKey):
        return key.public_key.pkcs1_der()
    if isinstance(key.public_key, rsa.RSAPublicKey):
        return key.public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    raise JoseError("key_mismatch", f"{form} is a form of RSA keys only; sign with one.", "with.form")


def _signed_with(secret: bytes, draft: Draft, alg: HmacName) -> str:
    header = compact_json(draft.header_members() | {"alg": alg})
    data = signing_input(header, draft.payload)
    return compact(header, draft.payload, hmac_sign(secret, find_algorithm(alg), data))
