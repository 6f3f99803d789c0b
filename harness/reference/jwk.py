"""Reading a JWK Set: what is a usable verification key, and what is passed over (RFC 7517 §5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from harness.reference.compact import b64url_bytes
from harness.reference.errors import AuthenticationFailed, FetchFailed, UnusableKey

CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}


@dataclass(frozen=True)
class VerificationKey:
    """A public key with what its entry says about it; `algorithm` is its `alg`, None when it has none."""

    kid: str | None
    kty: str
    crv: str | None
    algorithm: str | None
    public_key: Any = field(repr=False)


class KeyLoader:
    """Turns a JWKS document into keys. Private members of an entry are never looked at."""

    def load_set(self, body: bytes) -> tuple[VerificationKey, ...]:
        """The usable keys of a document, in its order; an empty set is an answer (the issuer has no keys).

        Raises `FetchFailed` when the body is not a JSON object with an array `keys` (RFC 7517 §5.1).
        """
        return self.load_entries(self.read_document(body))

    def read_document(self, body: bytes) -> list[Any]:
        """The entries of the document, whatever they are."""
        try:
            document = json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise FetchFailed("the key set is not JSON") from error
        entries = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(entries, list):
            raise FetchFailed("the key set has no array `keys`")
        return entries

    def load_entries(self, entries: list[Any]) -> tuple[VerificationKey, ...]:
        """The keys among `entries`; an entry that is foreign, malformed or for another use is passed over."""
        keys = []
        for entry in entries:
            try:
                keys.append(self.load_key(entry))
            except UnusableKey:
                continue
        return tuple(keys)

    def load_key(self, entry: object) -> VerificationKey:
        """The key of one entry; raises `UnusableKey`."""
        if not isinstance(entry, Mapping):
            raise UnusableKey("the entry is not an object")
        self.check_use(entry)
        kty = _text(entry, "kty")
        crv = None if kty == "RSA" else _text(entry, "crv")
        return VerificationKey(
            kid=_optional_text(entry, "kid"),
            kty=kty,
            crv=crv,
            algorithm=_optional_text(entry, "alg"),
            public_key=self.public_key(kty, crv, entry),
        )

    def check_use(self, entry: Mapping[str, Any]) -> None:
        """Raises unless the key may verify signatures (RFC 7517 §4.2 and §4.3)."""
        if entry.get("use", "sig") != "sig":
            raise UnusableKey("`use` is not sig")
        operations = entry.get("key_ops", ["verify"])
        if not isinstance(operations, list) or "verify" not in operations:
            raise UnusableKey("`key_ops` does not hold verify")

    def public_key(self, kty: str, crv: str | None, entry: Mapping[str, Any]) -> Any:
        """The key object; raises `UnusableKey` for a type or curve this service does not know."""
        try:
            if kty == "RSA":
                return self.rsa_key(_number(entry, "n"), _number(entry, "e"))
            if kty == "EC" and crv in CURVES:
                return ec.EllipticCurvePublicNumbers(_number(entry, "x"), _number(entry, "y"), CURVES[crv]).public_key()
            if kty == "OKP" and crv == "Ed25519":
                return ed25519.Ed25519PublicKey.from_public_bytes(_octets(entry, "x"))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UnusableKey("the key material is not a key") from error
        raise UnusableKey("the key type is unknown")

    def rsa_key(self, modulus: int, exponent: int) -> rsa.RSAPublicKey:
        """The RSA key of modulus and exponent; raises for keys too weak, too large or degenerate."""
        if not self.minimum_rsa_bits() <= modulus.bit_length() <= self.maximum_rsa_bits():
            raise UnusableKey("the modulus is too short or too long")
        if modulus % 2 == 0 or exponent % 2 == 0 or exponent < 3:
            raise UnusableKey("modulus or exponent is degenerate")
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()

    def minimum_rsa_bits(self) -> int:
        """RFC 7518 §3.3: a key of 2048 bits or larger MUST be used."""
        return 2048

    def maximum_rsa_bits(self) -> int:
        """Verification time grows with the square of the modulus; larger keys only serve to keep a service busy."""
        return 8192


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str):
        raise UnusableKey(f"`{name}` is not a string")
    return value


def _optional_text(entry: Mapping[str, Any], name: str) -> str | None:
    return _text(entry, name) if name in entry else None


def _octets(entry: Mapping[str, Any], name: str) -> bytes:
    try:
        return b64url_bytes(_text(entry, name))
    except AuthenticationFailed as error:
        raise UnusableKey(f"`{name}` is not base64url") from error


def _number(entry: Mapping[str, Any], name: str) -> int:
    return int.from_bytes(_octets(entry, name), "big")
