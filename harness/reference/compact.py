"""Reading a compact JWS strictly: three base64url parts, an object as header, nothing twice (RFC 7515).

PyJWT's reader is not used here: it lets duplicate header members through (RFC 7515 §4), detects
UTF-16, and strips base64 padding that RFC 7515 §2 forbids.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from harness.reference.errors import AuthenticationFailed, Reason


@dataclass(frozen=True)
class CompactToken:
    """A token taken apart and not yet trusted. Only the header shows in the repr."""

    header: dict[str, Any]
    payload: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    signing_input: bytes = field(repr=False)


def parse_compact(text: str, max_bytes: int) -> CompactToken:
    """The parts of `text`; raises `AuthenticationFailed(MALFORMED)` for anything but a compact JWS.

    The size and the number of dots are looked at before any part is copied, so that a flood of dots costs
    nothing. An empty third part is well formed; whether it is a signature is the verifier's business.
    """
    if len(text) > max_bytes:
        raise malformed("the token is too long")
    if text.count(".") != 2:
        raise malformed("the token does not have three parts")
    header, payload, signature = text.split(".")
    return CompactToken(
        header=json_object(b64url_bytes(header)),
        payload=b64url_bytes(payload),
        signature=b64url_bytes(signature),
        signing_input=f"{header}.{payload}".encode(),
    )


def b64url_bytes(text: str) -> bytes:
    """The bytes of unpadded base64url in its one canonical spelling (RFC 4648 §3.5 and §5)."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise malformed("a part is not base64url") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != text.encode():
        raise malformed("a part is not base64url in its canonical spelling")
    return raw


def json_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`: UTF-8 only (RFC 8725 §3.7), no member twice, no NaN or Infinity."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_members, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise malformed("a part is not JSON") from error
    if not isinstance(value, dict):
        raise malformed("a part is not a JSON object")
    return value


def malformed(detail: str) -> AuthenticationFailed:
    """The error for a token that cannot be read; `detail` names the rule, never the content."""
    return AuthenticationFailed(Reason.MALFORMED, detail)


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
