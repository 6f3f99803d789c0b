"""The encoded message of RSASSA-PKCS1-v1_5 and its parts (RFC 8017 section 9.2)."""

from mock_idp.jose.algorithms import Hash
from mock_idp.jose.der import NULL, element, sequence

OIDS = {
    "sha1": bytes.fromhex("06052b0e03021a"),
    "sha256": bytes.fromhex("0609608648016503040201"),
    "sha384": bytes.fromhex("0609608648016503040202"),
    "sha512": bytes.fromhex("0609608648016503040203"),
}
"""The encoded object identifiers of the digests (RFC 8017 appendix B.1)."""

SHORTEST_RUN = b"\xff" * 8
"""The shortest padding string that is allowed (RFC 8017 section 9.2 step 4)."""


def digest_info(hash_name: str, digest: bytes) -> bytes:
    """The DigestInfo of a digest under a name; the two need not fit each other."""
    return sequence(sequence(OIDS[hash_name], NULL), element(0x04, digest))


def padded(info: bytes, length: int, block_type: bytes = b"\x01") -> bytes:
    """`info` behind as many FF bytes as make the message `length` bytes long."""
    return b"\x00" + block_type + b"\xff" * (length - len(info) - 3) + b"\x00" + info


def encoded_message(hash_: Hash, digest: bytes, length: int) -> bytes | None:
    """EMSA-PKCS1-v1_5 of a digest, `length` bytes long; None when there is no room for the shortest padding."""
    info = digest_info(hash_.name, digest)
    return padded(info, length) if length >= len(info) + len(SHORTEST_RUN) + 3 else None
