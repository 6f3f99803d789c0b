"""RSASSA-PKCS1-v1_5 signatures that open to a malformed encoded message (EM).

All forms but one are made with the private key, so that the RSA public operation gives exactly the malformed
bytes and only a verifier that compares the whole EM refuses them (RFC 8017 section 8.2.2 step 4).
"""

from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from mock_idp.jose.algorithms import Hash
from mock_idp.jose.der import element, sequence
from mock_idp.jose.errors import JoseError
from mock_idp.jose.mutations.base import Draft, mutation
from mock_idp.jose.pkcs1 import OIDS, SHORTEST_RUN, digest_info, padded

PaddingForm = Literal[
    "garbage-after-digest",
    "short-ff-run",
    "digestinfo-without-null",
    "ber-long-length",
    "sha1-oid",
    "block-type-02",
    "low-exponent-free-bytes",
]


@mutation
def pkcs1_padding(draft: Draft, *, form: PaddingForm) -> str:
    """The signature opens to an encoded message that is not the one PKCS #1 prescribes.

    `garbage-after-digest`: shortest padding, then the DigestInfo, then 0xA5 to the end. `short-ff-run`:
    shortest padding, with leading zeros to make up the length. `digestinfo-without-null`: no NULL after the
    OID. `ber-long-length`: the outer length in BER's long form. `sha1-oid`: SHA-1 named over the longer
    digest. `block-type-02`: 02 where 01 belongs. `low-exponent-free-bytes`: for a key with exponent 3, made
    without its private half: a number whose cube begins like a good EM and goes on with whatever comes.

    Source: RFC 8017 sections 8.2.2 and 9.2; CVE-2006-4339 (Bleichenbacher); Wycheproof, flag ModifiedPadding.
    """
    private_key = draft.key.private_key
    algorithm = draft.algorithm
    if not isinstance(private_key, rsa.RSAPrivateKey) or algorithm.pss or algorithm.hash is None:
        sentence = "'pkcs1-padding' needs a key of 1024 to 4096 bits that signs with RS256, RS384 or RS512."
        raise JoseError("key_mismatch", sentence, "key")
    hasher = hashes.Hash(algorithm.hash)
    hasher.update(draft.signing_input)
    digest = hasher.finalize()
    length = (private_key.key_size + 7) // 8
    if form == "low-exponent-free-bytes":
        signature = _cube_root(_short(algorithm.hash, digest), private_key.public_key().public_numbers(), length)
    else:
        signature = _raw_rsa(private_key, malformed_message(form, algorithm.hash, digest, length))
    return draft.with_signature(signature)


def malformed_message(form: PaddingForm, hash_: Hash, digest: bytes, length: int) -> bytes:
    """The encoded message of that form, `length` bytes long (any form but `low-exponent-free-bytes`)."""
    if form == "garbage-after-digest":
        return _short(hash_, digest).ljust(length, b"\xa5")
    if form == "short-ff-run":
        return _short(hash_, digest).rjust(length, b"\x00")
    if form == "digestinfo-without-null":
        return padded(sequence(sequence(OIDS[hash_.name]), element(0x04, digest)), length)
    if form == "sha1-oid":
        return padded(digest_info("sha1", digest), length)
    info = digest_info(hash_.name, digest)
    if form == "ber-long-length":
        return padded(info[:1] + b"\x81" + info[1:], length)
    return padded(info, length, block_type=b"\x02")


def _short(hash_: Hash, digest: bytes) -> bytes:
    """A correct beginning with the shortest padding that is allowed, not filled up to the key's length."""
    return b"\x00\x01" + SHORTEST_RUN + b"\x00" + digest_info(hash_.name, digest)


def _raw_rsa(private_key: rsa.RSAPrivateKey, message: bytes) -> bytes:
    """RSASP1 (RFC 8017 section 5.2.1) over a whole encoded message; some 20 ms for 2048 bits."""
    numbers = private_key.private_numbers()
    signature = pow(int.from_bytes(message, "big"), numbers.d, numbers.public_numbers.n)
    return signature.to_bytes(len(message), "big")


def _cube_root(beginning: bytes, public: rsa.RSAPublicNumbers, length: int) -> bytes:
    """A signature whose cube begins with these bytes. Below the modulus, so no reduction disturbs it."""
    if public.e != 3:
        sentence = f"'low-exponent-free-bytes' needs a key with exponent 3, not {public.e}; add one to the issuer."
        raise JoseError("key_mismatch", sentence, "key")
    wanted = int.from_bytes(beginning.ljust(length, b"\x00"), "big")
    low, high = 0, 1 << (wanted.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**3 >= wanted else (middle + 1, high)
    if not (low**3).to_bytes(length, "big").startswith(beginning):
        sentence = f"A key of {length * 8} bits leaves too few free bytes for this digest; use a longer key."
        raise JoseError("key_mismatch", sentence, "key")
    return low.to_bytes(length, "big")
