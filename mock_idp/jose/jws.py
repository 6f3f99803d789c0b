"""The compact serialisation of a JWS (RFC 7515 section 7.1)."""

from mock_idp.jose.encoding import b64url_encode


def signing_input(header: bytes, payload: bytes) -> bytes:
    """BASE64URL(header) || '.' || BASE64URL(payload), the bytes a signature covers (RFC 7515 section 5.1)."""
    return f"{b64url_encode(header)}.{b64url_encode(payload)}".encode("ascii")


def compact(header: bytes, payload: bytes, signature: bytes | None) -> str:
    """The token of these bytes; a signature of None leaves the third segment and its dot out."""
    return compact_text(header, payload, None if signature is None else b64url_encode(signature))


def compact_text(header: bytes, payload: bytes, third: str | None) -> str:
    """The token with any text as its third segment."""
    first_two = signing_input(header, payload).decode("ascii")
    return first_two if third is None else f"{first_two}.{third}"
