"""The little DER that is needed where no library takes the key (ITU-T X.690)."""

import base64
import textwrap

RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d010101")
"""The object identifier rsaEncryption (RFC 8017 appendix A.1), encoded."""

NULL = bytes.fromhex("0500")


def element(tag: int, content: bytes) -> bytes:
    """Tag, length in the shortest form, content (X.690 sections 8.1.3 and 10.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*elements: bytes) -> bytes:
    """A SEQUENCE of encoded elements."""
    return element(0x30, b"".join(elements))


def integer(number: int) -> bytes:
    """A non-negative INTEGER; a leading zero byte keeps it positive (X.690 section 8.3)."""
    return element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def bit_string(content: bytes) -> bytes:
    """A BIT STRING of whole bytes."""
    return element(0x03, b"\x00" + content)


def pem(label: str, der: bytes) -> str:
    """The textual encoding with 64 characters a line and a trailing newline (RFC 7468 section 3)."""
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
