"""Private key objects: which types there are, how one is made, and whether it fits an algorithm."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from mock_idp.jose.algorithms import Algorithm
from mock_idp.jose.errors import JoseError
from mock_idp.jose.raw_rsa import RawRsaKey, RawRsaPublicKey, generate_raw_rsa

EdwardsPrivateKey = ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
EdwardsPublicKey = ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
LibraryPrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | EdwardsPrivateKey
PrivateKey = LibraryPrivateKey | RawRsaKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | EdwardsPublicKey | RawRsaPublicKey

DEFAULT_RSA_BITS = 2048
DEFAULT_RSA_EXPONENT = 65537

# What the library makes, and no verifier takes seconds for.
LIBRARY_BITS = range(1024, 4097)
LIBRARY_EXPONENTS = (3, 65537)


def generate_private_key(
    algorithm: Algorithm, *, bits: int = DEFAULT_RSA_BITS, exponent: int = DEFAULT_RSA_EXPONENT
) -> PrivateKey:
    """A fresh private key for the algorithm.

    In: `bits` (512 to 16384) and `exponent` (0 to 2**256 - 1) matter to RSA only. With fewer than 1024 or more
    than 4096 bits, or an exponent other than 3 and 65537, it is a raw RSA key (see `raw_rsa`).
    RSA-2048 costs tens of milliseconds (take it from a pool), elliptic keys a fraction of one.

    Raises:
        JoseError: `no_private_key` for an HMAC algorithm; `bad_key_parameters` for an RSA size or exponent
            beyond these bounds, or a raw key for a PS algorithm.
    """
    if algorithm.family == "RSA":
        if bits in LIBRARY_BITS and exponent in LIBRARY_EXPONENTS:
            return rsa.generate_private_key(public_exponent=exponent, key_size=bits)
        if algorithm.pss:
            sentence = f"An RSA key of {bits} bits with exponent {exponent} signs with RS256, RS384 and RS512 only."
            raise JoseError("bad_key_parameters", sentence, "algorithm")
        return generate_raw_rsa(bits, exponent)
    if algorithm.curve is not None:
        return ec.generate_private_key(algorithm.curve)
    if algorithm.family == "OKP":
        kind = ed448.Ed448PrivateKey if algorithm.crv == "Ed448" else ed25519.Ed25519PrivateKey
        return kind.generate()
    sentence = (
        f"{algorithm.name} signs with a shared secret, and no key of a provider does. For its tokens say in the issuer "
        f'token = {{mutation = "hmac-with-secret", with = {{secret = "...", alg = "{algorithm.name}"}}}}.'
    )
    raise JoseError("no_private_key", sentence, "algorithm")


def fits(private_key: PrivateKey, algorithm: Algorithm) -> bool:
    """Whether the key can sign with the algorithm: its type, and for EC its curve (RFC 7518 section 3.4)."""
    if isinstance(private_key, rsa.RSAPrivateKey):
        return algorithm.family == "RSA"
    if isinstance(private_key, RawRsaKey):
        return algorithm.family == "RSA" and not algorithm.pss
    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        return algorithm.curve is not None and algorithm.curve.name == private_key.curve.name
    return edwards_curve(private_key) in algorithm.okp


def edwards_curve(key: EdwardsPrivateKey | EdwardsPublicKey) -> str:
    """The `crv` of an OKP key (RFC 8037 section 2)."""
    return "Ed448" if isinstance(key, ed448.Ed448PrivateKey | ed448.Ed448PublicKey) else "Ed25519"


def kind_of(public_key: PublicKey) -> dict[str, Any]:
    """What makes another key like this one, beside its algorithm: `bits` and `exponent`, or `curve`, or nothing."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return {"bits": public_key.key_size, "exponent": public_key.public_numbers().e}
    if isinstance(public_key, RawRsaPublicKey):
        return {"bits": public_key.n.bit_length(), "exponent": public_key.e}
    return {"curve": edwards_curve(public_key)} if isinstance(public_key, EdwardsPublicKey) else {}


def exponent_of(private_key: rsa.RSAPrivateKey | RawRsaKey) -> int:
    """The public exponent of an RSA key."""
    if isinstance(private_key, RawRsaKey):
        return private_key.exponent
    return private_key.public_key().public_numbers().e
