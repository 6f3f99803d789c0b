"""The numbers that make a key private."""

from __future__ import annotations


def private_numbers(pem: str) -> dict[str, bytes]:
    """The private members of a key as a JWK names them (RFC 7518 §6.2.2, §6.3.2), each as octets.

    In: PKCS #8 in PEM, of a key that was made here or has been looked at before: nobody asks again whether the factors
    of an RSA key are prime, which takes longer than all the rest.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import (  # Loads where it is needed only.
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if isinstance(key, RSAPrivateKey):
        rsa = key.private_numbers()
        numbers = {"d": rsa.d, "p": rsa.p, "q": rsa.q, "dp": rsa.dmp1, "dq": rsa.dmq1, "qi": rsa.iqmp}
        return {name: number.to_bytes((number.bit_length() + 7) // 8, "big") for name, number in numbers.items()}
    if isinstance(key, EllipticCurvePrivateKey):
        return {"d": key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")}
    return {"d": key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())}  # Ed25519, X25519 and the like.


def private_pem(text: str) -> str | None:
    """The private key of a text, PEM or JWK (RFC 7517), as unencrypted PKCS #8 in PEM; None where there is none."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    try:
        if text.lstrip().startswith("{"):
            from jwt import PyJWK

            key = PyJWK.from_json(text).key
        else:
            key = load_pem_private_key(text.encode(), None)
    except Exception:  # Each of the libraries has errors of its own, and all of them mean the same.
        return None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey):
        return None
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "ascii")


def public_jwk(pem: str) -> dict[str, str]:
    """The members of the public JWK by which a key is known: its type and its numbers (RFC 7638 §3.2); in: as above."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwt.algorithms import get_default_algorithms

    public = load_pem_private_key(pem.encode(), None).public_key()
    for name in ("RS256", "ES256", "EdDSA"):
        try:
            jwk = get_default_algorithms()[name].to_jwk(public, as_dict=True)
        except Exception:  # A key of another type.
            continue
        return {member: str(jwk[member]) for member in ("kty", "crv", "n", "e", "x", "y") if member in jwk}
    return {"kty": "unknown"}
