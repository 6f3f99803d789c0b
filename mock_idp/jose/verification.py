"""Checking a signature, for what clients sign and for the issuer's own tokens that come back.

Not meant to be a model: it takes what is signed with a known key, and leaves claims to its callers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mock_idp.jose.algorithms import ALGORITHMS, CURVE_NAMES, Algorithm
from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.private_keys import EdwardsPublicKey, PublicKey, edwards_curve
from mock_idp.jose.signing import hmac_sign

_CURVES: dict[str, ec.EllipticCurve] = {
    CURVE_NAMES[one.curve.name]: one.curve for one in ALGORITHMS.values() if one.curve is not None
}


@dataclass(frozen=True)
class Jws:
    """A signed JWT, taken apart and unchecked. `signed` are the bytes its signature covers, `typ` is a member of its
    header, None where that is no text.
    """

    alg: str
    kid: str | None
    claims: dict[str, Any] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    typ: str | None = None


def read_jws(token: str) -> Jws:
    """The parts of a compact JWS whose payload is a JSON object. Raises JoseError `bad_token`."""
    parts = token.split(".")
    try:
        if len(parts) != 3:
            raise ValueError(parts)
        header, claims = (json.loads(b64url_decode(part)) for part in parts[:2])
        signature = b64url_decode(parts[2])
    except (ValueError, RecursionError, JoseError):
        raise JoseError("bad_token", "This is not a signed JWT in its compact form.") from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or not isinstance(header.get("alg"), str):
        raise JoseError("bad_token", "The header and the claims of a JWT are JSON objects.")
    kid, typ = header.get("kid"), header.get("typ")
    signed = f"{parts[0]}.{parts[1]}".encode("ascii")
    known_kid, known_typ = (one if isinstance(one, str) else None for one in (kid, typ))
    return Jws(header["alg"], known_kid, claims, signed, signature, known_typ)


def public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """The key of a public JWK (RFC 7518 section 6, RFC 8037 section 2). Raises JoseError `bad_jwk`."""
    try:
        if jwk["kty"] == "RSA":
            return rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
        if jwk["kty"] == "EC":
            curve = _CURVES[jwk["crv"]]
            return ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), curve).public_key()
        if jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(b64url_decode(jwk["x"]))
        if jwk["kty"] == "OKP" and jwk["crv"] == "Ed448":
            return ed448.Ed448PublicKey.from_public_bytes(b64url_decode(jwk["x"]))
    except (KeyError, TypeError, ValueError, JoseError):
        pass
    raise JoseError("bad_jwk", "This is no public RSA, EC, Ed25519 or Ed448 key that can be used.")


def verifies(jws: Jws, key: PublicKey | bytes) -> bool:
    """Whether the signature is that of this key, or of this shared secret; False for a key that does not fit."""
    algorithm = ALGORITHMS.get(jws.alg)
    if algorithm is None:
        return False
    try:
        if isinstance(key, bytes):
            return algorithm.family == "oct" and constant_time.bytes_eq(
                hmac_sign(key, algorithm, jws.signed), jws.signature
            )
        return _verifies(jws, key, algorithm)
    except (InvalidSignature, ValueError):
        return False


def _verifies(jws: Jws, key: PublicKey, algorithm: Algorithm) -> bool:
    if isinstance(key, rsa.RSAPublicKey) and algorithm.family == "RSA" and algorithm.hash is not None:
        if algorithm.pss:
            pss = padding.PSS(padding.MGF1(algorithm.hash), algorithm.hash.digest_size)
            key.verify(jws.signature, jws.signed, pss, algorithm.hash)
        else:
            key.verify(jws.signature, jws.signed, padding.PKCS1v15(), algorithm.hash)
        return True
    if isinstance(key, ec.EllipticCurvePublicKey) and algorithm.curve is not None and algorithm.hash is not None:
        if key.curve.name != algorithm.curve.name:
            return False
        half = (key.curve.key_size + 7) // 8
        if len(jws.signature) != 2 * half:
            return False
        r, s = (int.from_bytes(part, "big") for part in (jws.signature[:half], jws.signature[half:]))
        key.verify(encode_dss_signature(r, s), jws.signed, ec.ECDSA(algorithm.hash))
        return True
    if isinstance(key, EdwardsPublicKey) and edwards_curve(key) in algorithm.okp:
        key.verify(jws.signature, jws.signed)
        return True
    return False


def _number(text: str) -> int:
    return int.from_bytes(b64url_decode(text), "big")
