"""base64url and JSON in the exact form a compact JWS uses."""

import base64
import json
import re
from typing import Any

from mock_idp.jose.errors import JoseError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")

# json.dumps would make one of these at each call.
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def b64url_encode(data: bytes) -> str:
    """Bytes as base64url text without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """The bytes of base64url text without padding (RFC 7515 section 2).

    Raises:
        JoseError: `bad_base64url` for padding, white space, a character outside the alphabet, or a length
            no encoder makes. Left-over bits of the last character are dropped, as most decoders do.
    """
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        raise JoseError("bad_base64url", "The text is not base64url without padding (RFC 7515 section 2).")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64url_uint(number: int, length: int | None = None) -> str:
    """A number as base64url of its big-endian bytes (RFC 7518 section 2, Base64urlUInt).

    `length` in bytes fixes the width, as EC coordinates need (RFC 7518 section 6.2.1.2); without it the
    fewest bytes are used.
    """
    width = length if length is not None else max(1, (number.bit_length() + 7) // 8)
    return b64url_encode(number.to_bytes(width, "big"))


def compact_json(value: Any, field: str | None = None) -> bytes:
    """A value as JSON without white space, UTF-8, members in the order given.

    Raises:
        JoseError: `not_json`, blaming `field`, when JSON has no form for the value (NaN, infinity, an object
            of Python, or nested too deep to write).
    """
    try:
        text = _ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        sentence = f"The value has no JSON form ({error}); give its text in 'raw' instead."
        raise JoseError("not_json", sentence, field) from None
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate is legal in JSON text only as an escape; UTF-8 cannot hold it.
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def utf8(text: str, field: str | None = None) -> bytes:
    """Text as UTF-8. Raises JoseError `not_utf8`, blaming `field`, for a lone surrogate (UTF-8 has none)."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        sentence = "The text holds a lone surrogate, which UTF-8 cannot; give the bytes in base64url instead."
        raise JoseError("not_utf8", sentence, field) from None
