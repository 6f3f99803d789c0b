"""Encryption of a text as a compact JWE (RFC 7516), for tokens that a service must not take."""

import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.padding import PKCS7

from mock_idp.jose.encoding import b64url_encode

ContentEncryption = Literal["A256GCM", "A128CBC-HS256"]
RsaEncryption = Literal["RSA-OAEP", "RSA-OAEP-256", "RSA1_5"]

CONTENT_KEY_BYTES = 32
"""The length of the content encryption key, the same for both encryptions (RFC 7518 sections 5.2.3 and 5.3)."""

_CHUNK = b" " * 65_536


@dataclass(frozen=True)
class ContentKey:
    """The content encryption key, and the form in which the token carries it (empty for `dir`)."""

    key: bytes = field(repr=False)
    encrypted: bytes


def rsa_key(public_key: rsa.RSAPublicKey, alg: RsaEncryption) -> ContentKey:
    """A random content key, encrypted to the public key (RFC 7518 sections 4.2 and 4.3)."""
    key = secrets.token_bytes(CONTENT_KEY_BYTES)
    return ContentKey(key, public_key.encrypt(key, _RSA_PADDINGS[alg]()))


def password_key(password: bytes, salt: bytes, iterations: int) -> ContentKey:
    """A random content key under PBES2-HS256+A128KW; `salt` is the decoded `p2s` (RFC 7518 section 4.8)."""
    key = secrets.token_bytes(CONTENT_KEY_BYTES)
    full_salt = b"PBES2-HS256+A128KW\x00" + salt
    derived = PBKDF2HMAC(hashes.SHA256(), 16, full_salt, iterations).derive(password)
    return ContentKey(key, aes_key_wrap(derived, key))


def deflated(text: bytes, size: int = 0) -> bytes:
    """The text, followed by spaces up to `size` bytes, in raw DEFLATE (RFC 1951), as `zip` DEF means it.

    The spaces are never held all at once.
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    pieces = [compressor.compress(text)]
    missing = max(0, size - len(text))
    for _ in range(missing // len(_CHUNK)):
        pieces.append(compressor.compress(_CHUNK))
    pieces.append(compressor.compress(_CHUNK[: missing % len(_CHUNK)]))
    pieces.append(compressor.flush())
    return b"".join(pieces)


def encrypt(header: bytes, content_key: ContentKey, enc: ContentEncryption, plaintext: bytes) -> str:
    """The compact serialisation (RFC 7516 section 7.1); the header is authenticated with the text (section 5.1)."""
    first = b64url_encode(header)
    seal = _gcm if enc == "A256GCM" else _cbc_hmac
    iv, ciphertext, tag = seal(content_key.key, plaintext, first.encode("ascii"))
    return ".".join([first, *(b64url_encode(part) for part in (content_key.encrypted, iv, ciphertext, tag))])


def _gcm(key: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes, bytes]:
    """AES in Galois/Counter Mode (RFC 7518 section 5.3)."""
    iv = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    return iv, sealed[:-16], sealed[-16:]


def _cbc_hmac(key: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes, bytes]:
    """AES-CBC with HMAC-SHA-256 over AAD, IV, ciphertext and the AAD's length in bits (RFC 7518 section 5.2.2.1)."""
    iv = secrets.token_bytes(16)
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key[16:]), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
    mac = hmac.HMAC(key[:16], hashes.SHA256())
    mac.update(aad + iv + ciphertext + (len(aad) * 8).to_bytes(8, "big"))
    return iv, ciphertext, mac.finalize()[:16]


_RSA_PADDINGS: dict[RsaEncryption, Callable[[], padding.AsymmetricPadding]] = {
    "RSA-OAEP": lambda: padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    "RSA-OAEP-256": lambda: padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    "RSA1_5": padding.PKCS1v15,
}
