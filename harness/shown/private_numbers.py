"""The numbers that make a key private."""

from __future__ import annotations


def private_numbers(pem: str) -> dict[str, bytes]:
    """The private members of a key as a JWK names them (RFC 7518 §6.2.2, §6.3.2), each as octets; PKCS #8 in PEM."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import (  # Loads where it is needed only.
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    key = load_pem_private_key(pem.encode(), None)
    if isinstance(key, RSAPrivateKey):
        rsa = key.private_numbers()
        numbers = {"d": rsa.d, "p": rsa.p, "q": rsa.q, "dp": rsa.dmp1, "dq": rsa.dmq1, "qi": rsa.iqmp}
        return {name: number.to_bytes((number.bit_length() + 7) // 8, "big") for name, number in numbers.items()}
    if isinstance(key, EllipticCurvePrivateKey):
        return {"d": key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")}
    return {"d": key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())}  # Ed25519, X25519 and the like.
