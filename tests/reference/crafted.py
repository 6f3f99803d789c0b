"""Signatures that only a wrong verifier accepts."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from .issuer import Key, as_json, b64url, claims_now


def edge_signatures() -> dict[str, bytes]:
    """ECDSA signatures outside the range 1 <= r, s < n, or of the wrong length."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    def pair(r: int, s: int) -> bytes:
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return {
        "r=0 s=0": pair(0, 0),
        "r=n s=n": pair(order, order),
        "r=1 s=n": pair(1, order),
        "r=1 s=1": pair(1, 1),
        "65 bytes": bytes(65),
        "63 bytes": bytes(63),
    }


def padded(digest: bytes, form: str) -> bytes:
    """A 256-byte encoded message whose padding or DigestInfo is wrong in one way."""
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    ends = {
        "DigestInfo without NULL": bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20",
        "SHA-1 OID": bytes.fromhex("302d300906052b0e03021a05000420"),
        "BER length": bytes.fromhex("308131300d060960864801650304020105000420"),
    }
    if form == "garbage after digest":
        return b"\0\1" + b"\xff" * 8 + b"\0" + info + digest + b"g" * (256 - 11 - len(info) - 32)
    if form == "short FF run":
        return b"\0\1" + b"\xff" * 8 + b"\0" + b"\0" * (256 - 11 - len(info) - 32) + info + digest
    end = ends.get(form, info) + digest
    start = b"\0\2" if form == "block type 2" else b"\0\1"
    return start + b"\xff" * (256 - 3 - len(end)) + b"\0" + end


def raw_signature(key: Key, signing_input: str, form: str) -> str:
    """A token part: the RSA private operation over a malformed encoded message."""
    numbers = key.private.private_numbers()
    message = padded(hashlib.sha256(signing_input.encode()).digest(), form)
    number = pow(int.from_bytes(message, "big"), numbers.d, numbers.public_numbers.n)
    return b64url(number.to_bytes(256, "big"))


def badly_padded_token(key: Key, form: str) -> str:
    """A token signed over a malformed encoded message; `form` "" is the correct one."""
    head = b64url(as_json({"alg": "RS256", "kid": key.kid}))
    signing_input = f"{head}.{b64url(as_json(claims_now()))}"
    return f"{signing_input}.{raw_signature(key, signing_input, form)}"


def emsa_pkcs1(digest: bytes, length: int) -> int:
    """The padded SHA-256 digest as a number (RFC 8017 §9.2)."""
    end = b"\0" + bytes.fromhex("3031300d060960864801650304020105000420") + digest
    return int.from_bytes(b"\0\1" + b"\xff" * (length - 2 - len(end)) + end, "big")


def number(value: int) -> str:
    """A member of a JWK."""
    return b64url(value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def forged_with_exponent_one(modulus: int) -> tuple[dict[str, Any], str]:
    """A key with e = 1, and a token that needs no private key: its signature is the padded digest itself."""
    entry = {"kty": "RSA", "kid": "d", "n": number(modulus), "e": number(1)}
    signing_input = f"{b64url(as_json({'alg': 'RS256', 'kid': 'd'}))}.{b64url(as_json(claims_now()))}"
    length = (modulus.bit_length() + 7) // 8
    signature = emsa_pkcs1(hashlib.sha256(signing_input.encode()).digest(), length)
    return entry, f"{signing_input}.{b64url(signature.to_bytes(length, 'big'))}"


def signed_with_many_primes(count: int) -> tuple[dict[str, Any], str]:
    """An RSA key of `count` times 512 bits and a token signed with it, quickly thanks to so many small primes."""
    pairs = [rsa.generate_private_key(65537, 1024).private_numbers() for _ in range(count // 2)]
    primes = [prime for pair in pairs for prime in (pair.p, pair.q)]
    modulus = math.prod(primes)
    entry = {"kty": "RSA", "kid": "big", "n": number(modulus), "e": number(65537)}
    signing_input = f"{b64url(as_json({'alg': 'RS256', 'kid': 'big'}))}.{b64url(as_json(claims_now()))}"
    length = (modulus.bit_length() + 7) // 8
    message = emsa_pkcs1(hashlib.sha256(signing_input.encode()).digest(), length)
    signature = 0
    for prime in primes:  # The Chinese remainder theorem.
        others = modulus // prime
        root = pow(message, pow(65537, -1, prime - 1), prime)
        signature += root * others * pow(others, -1, prime)
    return entry, f"{signing_input}.{b64url((signature % modulus).to_bytes(length, 'big'))}"
