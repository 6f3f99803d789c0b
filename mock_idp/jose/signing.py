"""One signature over bytes, in the form JWS wants it."""

from cryptography.hazmat.primitives import hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from mock_idp.jose.algorithms import Algorithm
from mock_idp.jose.errors import JoseError
from mock_idp.jose.private_keys import PrivateKey, fits
from mock_idp.jose.raw_rsa import RawRsaKey


def sign(private_key: PrivateKey, algorithm: Algorithm, data: bytes) -> bytes:
    """The JWS signature of `data` (the signing input) by a parsed private key.

    Out: the raw signature bytes: RSASSA-PKCS1-v1_5 or PSS with a salt as long as the digest (RFC 7518
    sections 3.3 and 3.5), R || S for ECDSA (section 3.4), 64 bytes for Ed25519 (RFC 8037 section 3.1).

    Raises:
        JoseError: `key_mismatch` when the key cannot sign with the algorithm.
    """
    if not fits(private_key, algorithm):
        sentence = f"This key cannot sign with {algorithm.name}, which needs {_wanted(algorithm)}."
        raise JoseError("key_mismatch", sentence, "alg")
    if isinstance(private_key, rsa.RSAPrivateKey):
        assert algorithm.hash is not None
        if algorithm.pss:
            pss = padding.PSS(padding.MGF1(algorithm.hash), algorithm.hash.digest_size)
            return private_key.sign(data, pss, algorithm.hash)
        return private_key.sign(data, padding.PKCS1v15(), algorithm.hash)
    if isinstance(private_key, RawRsaKey):
        assert algorithm.hash is not None
        return private_key.sign(data, algorithm.hash)
    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        assert algorithm.hash is not None
        r, s = decode_dss_signature(private_key.sign(data, ec.ECDSA(algorithm.hash)))
        return raw_ecdsa(r, s, private_key.curve)
    return private_key.sign(data)


def raw_ecdsa(r: int, s: int, curve: ec.EllipticCurve) -> bytes:
    """R || S, each as long as the curve's order (RFC 7518 section 3.4)."""
    width = (curve.key_size + 7) // 8
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


def hmac_sign(secret: bytes, algorithm: Algorithm, data: bytes) -> bytes:
    """The HMAC of `data` (RFC 7518 section 3.2); the secret may be of any length, also empty.

    Raises:
        JoseError: `key_mismatch` when the algorithm is not one of HS256, HS384, HS512.
    """
    if algorithm.family != "oct" or algorithm.hash is None:
        sentence = f"{algorithm.name} is no HMAC algorithm; choose HS256, HS384 or HS512."
        raise JoseError("key_mismatch", sentence, "with.alg")
    mac = hmac.HMAC(secret, algorithm.hash)
    mac.update(data)
    return mac.finalize()


def _wanted(algorithm: Algorithm) -> str:
    if algorithm.family == "oct":
        return "a shared secret (mutation 'hmac-with-secret' or 'hmac-with-public-key' makes such tokens)"
    return f"an {algorithm.family} key" + (f" on {algorithm.crv}" if algorithm.crv else "")
