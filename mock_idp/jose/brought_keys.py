"""Private keys that somebody brings along, as text: PEM, a JWK, or several of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mock_idp.jose.algorithms import ALGORITHMS, CURVE_NAMES, SIGNING_ALGORITHMS, find_algorithm
from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.private_keys import LibraryPrivateKey, fits

MAX_BYTES = 65_536
"""The longest text of keys that is read."""

_PEM = re.compile(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----[^-]+-----END \1PRIVATE KEY-----")
_CURVES: dict[str, ec.EllipticCurve] = {
    CURVE_NAMES[one.curve.name]: one.curve for one in ALGORITHMS.values() if one.curve is not None
}
_NO_KEY = "This is neither a private key in PEM without a password nor a private JWK."


@dataclass(frozen=True)
class BroughtMaterial:
    """A private key, with what a JWK says about it; None for what it doesn't."""

    private_key: LibraryPrivateKey = field(repr=False)
    kid: str | None = None
    algorithm: str | None = None
    use: Literal["sig", "enc"] | None = None

    def signs_with(self, wanted: str) -> str:
        """The algorithm it signs with: its own, or the wanted one where it can, or the most usual one of its kind."""
        if self.algorithm is not None:
            return self.algorithm
        names = (wanted, "RS256", *SIGNING_ALGORITHMS)
        return next(name for name in names if fits(self.private_key, find_algorithm(name)))


def each_key(text: str, name: str = "private_keys") -> list[str]:
    """The text of each key of a text, at least one: PEM blocks, a JWK, the JWKs of a set (RFC 7517 section 5) or array.

    Raises JoseError `bad_private_key` that blames the member `name` and shows nothing of the text.
    """
    if len(text) > MAX_BYTES:
        raise JoseError("bad_private_key", f"Keys are read up to {MAX_BYTES} bytes.", name)
    if text.lstrip().startswith(("{", "[")):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise JoseError("bad_private_key", "This begins like JSON and is none.", name) from None
        if isinstance(document, dict):
            document = document.get("keys", [document])
        if not isinstance(document, list) or not document:
            raise JoseError("bad_private_key", "A set of keys is an array with one JWK at least.", name)
        return [json.dumps(jwk) for jwk in document]
    # Variables are often written in one line.
    found = [match.group() for match in _PEM.finditer(text.replace("\\n", "\n"))]
    if not found:
        raise JoseError("bad_private_key", _NO_KEY, name)
    return found


def read_key(text: str, name: str = "private_key") -> BroughtMaterial:
    """The one key of a text. Raises JoseError as `each_key`, and for several of them."""
    keys = each_key(text, name)
    if len(keys) > 1:
        raise JoseError("bad_private_key", f"These are {len(keys)} keys; one has its place here.", name)
    if keys[0].startswith("-----"):
        return BroughtMaterial(_of_pem(keys[0], name))
    return _of_jwk(json.loads(keys[0]), name)


def _of_pem(text: str, name: str) -> LibraryPrivateKey:
    try:
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError):
        raise JoseError("bad_private_key", _NO_KEY, name) from None
    if not isinstance(key, LibraryPrivateKey):
        raise JoseError("bad_private_key", f"A key of type {type(key).__name__} signs no tokens.", name)
    return _usable(key, name)


def _of_jwk(jwk: Any, name: str) -> BroughtMaterial:
    if not isinstance(jwk, Mapping):
        raise JoseError("bad_private_key", _NO_KEY, name)
    try:
        key = _usable(_private_key(jwk), name)
    except (KeyError, TypeError, ValueError):
        sentence = "This JWK has no private RSA, EC, Ed25519 or Ed448 key (RFC 7518 section 6, RFC 8037 section 2)."
        raise JoseError("bad_private_key", sentence, name) from None
    kid, alg = jwk.get("kid"), jwk.get("alg")
    use: Literal["enc"] | None = "enc" if jwk.get("use") == "enc" else None
    signs = use is None and isinstance(alg, str) and alg in SIGNING_ALGORITHMS and fits(key, find_algorithm(alg))
    return BroughtMaterial(key, kid if isinstance(kid, str) else None, alg if signs else None, use)


def _private_key(jwk: Mapping[str, Any]) -> LibraryPrivateKey:
    kty, crv = jwk["kty"], jwk.get("crv")
    if kty == "RSA":
        return _rsa(jwk)
    if kty == "EC":
        point = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), _CURVES[jwk["crv"]])
        return ec.EllipticCurvePrivateNumbers(_number(jwk["d"]), point).private_key()
    if kty == "OKP" and crv == "Ed25519":
        return ed25519.Ed25519PrivateKey.from_private_bytes(_bytes(jwk["d"]))
    if kty == "OKP" and crv == "Ed448":
        return ed448.Ed448PrivateKey.from_private_bytes(_bytes(jwk["d"]))
    raise KeyError(kty)


def _rsa(jwk: Mapping[str, Any]) -> rsa.RSAPrivateKey:
    n, e, d = (_number(jwk[name]) for name in ("n", "e", "d"))
    # RFC 7518 section 6.3.2: a producer may leave all of these out.
    p, q = (_number(jwk["p"]), _number(jwk["q"])) if "p" in jwk else rsa.rsa_recover_prime_factors(n, e, d)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(e, n)
    )
    return numbers.private_key()


def _usable(key: LibraryPrivateKey, name: str) -> LibraryPrivateKey:
    """The key. Raises JoseError for one of a curve that no algorithm has."""
    if not any(fits(key, algorithm) for algorithm in ALGORITHMS.values()):
        raise JoseError("bad_private_key", "There is no algorithm with which such a key signs tokens.", name)
    return key


def _bytes(text: Any) -> bytes:
    try:
        return b64url_decode(text)
    except JoseError as error:
        raise ValueError(text) from error


def _number(text: Any) -> int:
    return int.from_bytes(_bytes(text), "big")
