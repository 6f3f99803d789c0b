"""Opening an encrypted token (RFC 7516), as a service does that owns a decryption key."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from harness.reference.compact import b64url_bytes, json_object, malformed

# RFC 7518 §4.2 and §4.3.
PADDINGS: Final[dict[str, padding.AsymmetricPadding]] = {
    "RSA1_5": padding.PKCS1v15(),
    "RSA-OAEP": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    "RSA-OAEP-256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
}


def claims_inside(text: str, private_key_pem: str) -> dict[str, Any]:
    """The claims in a compact JWE: its plaintext, or the payload of the token that the plaintext is, unverified.

    Raises `AuthenticationFailed` when it can't be opened with the RSA key.
    """
    plaintext = decrypted(text, private_key_pem)
    if plaintext.count(b".") == 2 and not plaintext.startswith(b"{"):
        plaintext = b64url_bytes(plaintext.decode("latin-1").split(".")[1])
    return json_object(plaintext)


def decrypted(text: str, private_key_pem: str) -> bytes:
    """The plaintext of a compact JWE (RFC 7516 §5.2), inflated when `zip` says so; raises `AuthenticationFailed`."""
    head, *parts = text.split(".")
    header = json_object(b64url_bytes(head))
    wrapped, nonce, ciphertext, tag = map(b64url_bytes, parts)
    key = load_pem_private_key(private_key_pem.encode(), None)
    opening = DECIPHERS.get(str(header.get("enc")))
    scheme = PADDINGS.get(str(header.get("alg")))
    if opening is None or scheme is None or not isinstance(key, rsa.RSAPrivateKey):
        raise malformed("the encryption is none that is understood")
    try:
        plaintext = opening(key.decrypt(wrapped, scheme), nonce, ciphertext, tag, head.encode())
        return zlib.decompress(plaintext, -zlib.MAX_WBITS) if header.get("zip") == "DEF" else plaintext
    except (ValueError, InvalidTag, zlib.error) as error:
        raise malformed("the token can't be decrypted") from error


def _a256gcm(key: bytes, nonce: bytes, ciphertext: bytes, tag: bytes, associated: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, ciphertext + tag, associated)


def _a128cbc_hs256(key: bytes, nonce: bytes, ciphertext: bytes, tag: bytes, associated: bytes) -> bytes:
    """RFC 7518 §5.2.2.2: the first half of the key authenticates, the second encrypts."""
    code = hmac.HMAC(key[:16], hashes.SHA256())
    code.update(associated + nonce + ciphertext + (len(associated) * 8).to_bytes(8, "big"))
    if code.finalize()[:16] != tag:
        raise InvalidTag
    decryptor = Cipher(algorithms.AES(key[16:]), modes.CBC(nonce)).decryptor()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


DECIPHERS: Final[dict[str, Callable[[bytes, bytes, bytes, bytes, bytes], bytes]]] = {
    "A256GCM": _a256gcm,
    "A128CBC-HS256": _a128cbc_hs256,
}
