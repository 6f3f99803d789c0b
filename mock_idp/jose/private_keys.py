"""Private key objects: which types there are, how one is made, and whether it fits an algorithm."""

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from mock_idp.jose.algorithms import Algorithm
from mock_idp.jose.errors import JoseError

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

DEFAULT_RSA_BITS = 2048
DEFAULT_RSA_EXPONENT = 65537


def generate_private_key(
    algorithm: Algorithm, *, bits: int = DEFAULT_RSA_BITS, exponent: int = DEFAULT_RSA_EXPONENT
) -> PrivateKey:
    """A fresh private key for the algorithm.

    In: `bits` and `exponent` matter to RSA only. Exponent 3 is there for the low-exponent forgery.
    RSA-2048 costs tens of milliseconds (take it from a pool), the others a fraction of one.

    Raises:
        JoseError: `no_private_key` for an HMAC algorithm; `bad_key_parameters` for an RSA size or exponent
            that OpenSSL does not make (under 1024 bits, an exponent other than 3 and 65537).
    """
    if algorithm.family == "RSA":
        try:
            return rsa.generate_private_key(public_exponent=exponent, key_size=bits)
        except ValueError as error:
            field = "exponent" if "exponent" in str(error) else "bits"
            raise JoseError("bad_key_parameters", f"No such RSA key can be made: {error}", field) from None
    if algorithm.curve is not None:
        return ec.generate_private_key(algorithm.curve)
    if algorithm.family == "OKP":
        return ed25519.Ed25519PrivateKey.generate()
    sentence = f"{algorithm.name} signs with a shared secret; a provider key needs an RS, PS, ES or EdDSA algorithm."
    raise JoseError("no_private_key", sentence, "algorithm")


def fits(private_key: PrivateKey, algorithm: Algorithm) -> bool:
    """Whether the key can sign with the algorithm: its type, and for EC its curve (RFC 7518 section 3.4)."""
    if isinstance(private_key, rsa.RSAPrivateKey):
        return algorithm.family == "RSA"
    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        return algorithm.curve is not None and algorithm.curve.name == private_key.curve.name
    return algorithm.family == "OKP"


def is_default_rsa(private_key: rsa.RSAPrivateKey) -> bool:
    """Whether the key is like those made without saying a size or an exponent."""
    exponent = private_key.public_key().public_numbers().e
    return (private_key.key_size, exponent) == (DEFAULT_RSA_BITS, DEFAULT_RSA_EXPONENT)
