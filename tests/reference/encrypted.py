"""Encrypted tokens, made by whoever knows the public key (RFC 7516)."""

from __future__ import annotations

import os
import zlib

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .issuer import Key, as_json, b64url


def private_pem(key: Key) -> str:
    """The private key, as a careless operator gives it to a service."""
    pem: bytes = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def encrypted(key: Key, plaintext: bytes, alg: str = "RSA-OAEP", enc: str = "A256GCM", zip: bool = False) -> str:
    """A compact JWE of `plaintext` for the owner of `key`."""
    header = {"alg": alg, "enc": enc, "kid": key.kid} | ({"zip": "DEF"} if zip else {})
    head = b64url(as_json(header))
    if zip:
        compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        plaintext = compressor.compress(plaintext) + compressor.flush()
    secret = os.urandom(32)
    if enc == "A256GCM":
        nonce = os.urandom(12)
        sealed = AESGCM(secret).encrypt(nonce, plaintext, head.encode())
        ciphertext, tag = sealed[:-16], sealed[-16:]
    else:
        nonce = os.urandom(16)
        padder = PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(secret[16:]), modes.CBC(nonce)).encryptor()
        ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
        code = hmac.HMAC(secret[:16], hashes.SHA256())
        code.update(head.encode() + nonce + ciphertext + (len(head) * 8).to_bytes(8, "big"))
        tag = code.finalize()[:16]
    wrapped = key.private.public_key().encrypt(secret, _padding(alg))
    return ".".join([head, *map(b64url, (wrapped, nonce, ciphertext, tag))])


def _padding(alg: str) -> padding.AsymmetricPadding:
    if alg == "RSA1_5":
        return padding.PKCS1v15()
    kind = hashes.SHA256 if alg == "RSA-OAEP-256" else hashes.SHA1
    return padding.OAEP(padding.MGF1(kind()), kind(), None)
