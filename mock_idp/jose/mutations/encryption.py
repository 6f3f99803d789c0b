"""Encrypted where signed belongs: anybody can encrypt to a public key."""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Final, Literal, get_args

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.jwe import (
    ContentEncryption,
    ContentKey,
    RsaEncryption,
    deflated,
    encrypt,
    password_key,
    rsa_key,
)
from mock_idp.jose.jws import compact
from mock_idp.jose.key_agreement import ECDH_ALGORITHMS, EcdhAlgorithm, RecipientKey, agreed_key, recipient_key
from mock_idp.jose.members import OTHERWISE
from mock_idp.jose.mutations.base import Draft, mutation_with
from mock_idp.jose.mutations.options import Range
from mock_idp.jose.verification import public_key

JweAlgorithm = Literal[
    "RSA-OAEP",
    "RSA-OAEP-256",
    "RSA1_5",
    "dir",
    "PBES2-HS256+A128KW",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
]
JwePlaintext = Literal["claims", "unsecured-jwt", "signed-jwt"]

MAX_BOMB_BYTES = 268_435_456
_USUAL_ITERATIONS = 1000
_LEAST_BITS = 2048
# A token that claims more is made with this many: the number in the header is the attack, and nobody who believes it
# gets to see that it is wrong.
_MAX_REAL_ITERATIONS = 100_000


_ZIP_TOO = "with.bomb_bytes is the size before compression; say zip as well."
_PBES2: Final = "PBES2-HS256+A128KW"
_TO_A_KEY = (
    "with.key is a public RSA JWK of 2048 bits or more, and alg one of RSA-OAEP, RSA-OAEP-256 and RSA1_5; or a public "
    "JWK of P-256, P-384, P-521, X25519 or X448, and alg ECDH-ES, also with +A128KW, +A192KW or +A256KW."
)
_ALG_TOO = f"with.p2c is the iteration count of {_PBES2}, 1 or more; choose that alg."


@mutation_with(
    {
        "anyOf": [
            {"properties": {"bomb_bytes": {"maximum": 0}}},
            {"properties": {"zip": {"enum": [True]}}, "required": ["zip"]},
        ],
        OTHERWISE: _ZIP_TOO,
    },
    {
        "dependentSchemas": {
            "p2c": {"properties": {"alg": {"enum": [_PBES2]}}, "required": ["alg"], OTHERWISE: _ALG_TOO},
            "key": {
                "properties": {"alg": {"enum": [*get_args(RsaEncryption), *ECDH_ALGORITHMS]}},
                OTHERWISE: _TO_A_KEY,
            },
        }
    },
)
def jwe(
    draft: Draft,
    *,
    plaintext: JwePlaintext = "claims",
    alg: JweAlgorithm = "RSA-OAEP",
    enc: ContentEncryption = "A256GCM",
    zip: bool = False,
    bomb_bytes: Annotated[int, Range(0, MAX_BOMB_BYTES)] = 0,
    p2c: Annotated[int | None, Range(1)] = None,
    key: dict[str, Any] | None = None,
) -> str:
    """The token is encrypted to the signing key's public half instead of signed: five segments, made by anybody.

    `plaintext` is what is inside: the claims, a JWT with alg none, or the good token. `zip` compresses it; with
    `bomb_bytes` it is so many bytes long before that, spaces behind the text. Where the algorithm wants a shared
    secret, that is made from the public key as well: the SHA-256 of its SPKI PEM is the content key of `dir`, the
    PEM the password of PBES2. `p2c` is the iteration count in the header, 1000 when not given; the key is derived
    with at most 100000. With `key`, a public JWK, it is encrypted to that one, and the header has its kid: with a
    good token inside it is what a provider sends to whom it knows such a key of. An RSA key goes with the algorithms of
    RSA, one of P-256, P-384, P-521, X25519 or X448 with ECDH-ES.

    Source: RFC 8725 sections 2.3 and 3.3, RFC 7516, RFC 7518 sections 4 and 5; CVE-2026-29000, CVE-2023-51774,
    CVE-2024-28176 (bomb), CVE-2023-52428 (p2c).
    """
    if bomb_bytes and not zip:
        raise JoseError("wrong_value", _ZIP_TOO, "with.bomb_bytes")
    if p2c is not None and alg != _PBES2:
        raise JoseError("wrong_value", _ALG_TOO, "with.p2c")
    members = draft.header_members() | {"alg": alg, "enc": enc}
    if plaintext != "claims":
        members["cty"] = "JWT"  # RFC 7519 section 5.2: it must be there when another JWT is inside.
    if zip:
        members["zip"] = "DEF"
    if key is None:
        content_key = _content_key(draft, alg, enc, members, p2c or _USUAL_ITERATIONS)
    else:
        members = {name: value for name, value in members.items() if name != "kid"}
        members |= {"kid": key["kid"]} if isinstance(key.get("kid"), str) else {}
        content_key = _key_for(key, alg, enc, members)
    text = _text(draft, plaintext)
    return encrypt(compact_json(members), content_key, enc, deflated(text, bomb_bytes) if zip else text)


def _text(draft: Draft, plaintext: JwePlaintext) -> bytes:
    if plaintext == "claims":
        return draft.payload
    if plaintext == "signed-jwt":
        return draft.token().encode("ascii")
    return compact(compact_json({"alg": "none"}), draft.payload, b"").encode("ascii")


def _content_key(
    draft: Draft, alg: JweAlgorithm, enc: ContentEncryption, members: dict[str, Any], iterations: int
) -> ContentKey:
    """The content key; what its recipient has to know goes into the header (RFC 7518 sections 4.6.1 and 4.8.1)."""
    if alg == "dir":
        return ContentKey(hashlib.sha256(draft.key.public_pem().encode("ascii")).digest(), b"")
    if alg == _PBES2:
        salt = secrets.token_bytes(16)
        members |= {"p2s": b64url_encode(salt), "p2c": iterations}
        return password_key(draft.key.public_pem().encode("ascii"), salt, min(iterations, _MAX_REAL_ITERATIONS))
    if alg == "RSA-OAEP" or alg == "RSA-OAEP-256" or alg == "RSA1_5":
        return rsa_key(_rsa_public_key(draft), alg)
    if not isinstance(draft.key.public_key, ec.EllipticCurvePublicKey):
        raise JoseError("key_mismatch", f"{alg} agrees on a key with an EC key; sign with one.", "key")
    return _agreed(draft.key.public_key, alg, enc, members)


def _agreed(key: RecipientKey, alg: EcdhAlgorithm, enc: ContentEncryption, members: dict[str, Any]) -> ContentKey:
    content_key, found_by = agreed_key(key, alg, enc)
    members |= found_by
    return content_key


def _key_for(jwk: Mapping[str, Any], alg: JweAlgorithm, enc: ContentEncryption, members: dict[str, Any]) -> ContentKey:
    """The content key for the owner of a public JWK; what they have to know goes into the header's members."""
    if alg == "RSA-OAEP" or alg == "RSA-OAEP-256" or alg == "RSA1_5":
        try:
            recipient = public_key(jwk)
        except JoseError:
            recipient = None
        if isinstance(recipient, rsa.RSAPublicKey) and recipient.key_size >= _LEAST_BITS:
            return rsa_key(recipient, alg)
    elif alg != "dir" and alg != _PBES2:
        party = recipient_key(jwk)
        if party is not None:
            with suppress(ValueError):
                return _agreed(party, alg, enc, members)
    raise JoseError("wrong_value", _TO_A_KEY, "with.key")


def _rsa_public_key(draft: Draft) -> rsa.RSAPublicKey:
    if not isinstance(draft.key.public_key, rsa.RSAPublicKey):
        sentence = "'jwe' encrypts to an RSA key of an ordinary size; sign with one, or choose the alg dir or PBES2."
        raise JoseError("key_mismatch", sentence, "key")
    return draft.key.public_key
