"""ECDH-ES: a content key that only the owner of an elliptic key finds as well (RFC 7518 section 4.6, RFC 8037)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal, get_args

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mock_idp.jose.algorithms import CURVE_NAMES
from mock_idp.jose.encoding import b64url_decode, b64url_encode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.jwe import CONTENT_KEY_BYTES, ContentEncryption, ContentKey
from mock_idp.jose.verification import public_key

EcdhAlgorithm = Literal["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"]
ECDH_ALGORITHMS: tuple[EcdhAlgorithm, ...] = get_args(EcdhAlgorithm)

RecipientKey = ec.EllipticCurvePublicKey | x25519.X25519PublicKey | x448.X448PublicKey
_WRAPPING_BYTES: Mapping[str, int] = {"ECDH-ES+A128KW": 16, "ECDH-ES+A192KW": 24, "ECDH-ES+A256KW": 32}


def recipient_key(jwk: Mapping[str, Any]) -> RecipientKey | None:
    """The key of a public JWK with which somebody can agree; None for any other."""
    try:
        if jwk.get("kty") == "OKP":
            raw, crv = b64url_decode(str(jwk.get("x"))), jwk.get("crv")
            if crv == "X25519":
                return x25519.X25519PublicKey.from_public_bytes(raw)
            return x448.X448PublicKey.from_public_bytes(raw) if crv == "X448" else None
        key = public_key(jwk)
    except (JoseError, ValueError):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) else None


def agreed_key(key: RecipientKey, alg: EcdhAlgorithm, enc: ContentEncryption) -> tuple[ContentKey, dict[str, Any]]:
    """A content key for its owner, and the members by which they find it: `epk`.

    Raises ValueError for a point with which everybody would agree on the same (RFC 7748 section 6.1).
    """
    shared, ephemeral = _agree(key)
    if alg == "ECDH-ES":
        return ContentKey(_derived(shared, enc, CONTENT_KEY_BYTES), b""), {"epk": ephemeral}
    content_key = secrets.token_bytes(CONTENT_KEY_BYTES)
    wrapping = _derived(shared, alg, _WRAPPING_BYTES[alg])
    return ContentKey(content_key, aes_key_wrap(wrapping, content_key)), {"epk": ephemeral}


def _agree(key: RecipientKey) -> tuple[bytes, dict[str, str]]:
    """The shared secret with a key of this moment, and that key as a public JWK."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        own = ec.generate_private_key(key.curve)
        numbers, size = own.public_key().public_numbers(), (key.curve.key_size + 7) // 8
        point = {
            name: b64url_encode(value.to_bytes(size, "big")) for name, value in (("x", numbers.x), ("y", numbers.y))
        }
        return own.exchange(ec.ECDH(), key), {"kty": "EC", "crv": CURVE_NAMES[key.curve.name], **point}
    if isinstance(key, x25519.X25519PublicKey):
        fresh = x25519.X25519PrivateKey.generate()
        return fresh.exchange(key), _okp("X25519", fresh.public_key())
    young = x448.X448PrivateKey.generate()
    return young.exchange(key), _okp("X448", young.public_key())


def _okp(crv: str, key: x25519.X25519PublicKey | x448.X448PublicKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": crv, "x": b64url_encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw))}


def _derived(shared: bytes, name: str, size: int) -> bytes:
    """The Concat KDF with the parameters of RFC 7518 section 4.6.2, and nothing about the two parties."""
    about = _counted(name.encode("ascii")) + _counted(b"") + _counted(b"") + (size * 8).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), size, about).derive(shared)


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value
