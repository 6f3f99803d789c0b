"""Reading a request body no further than allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_idp.errors import MockIdpError


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """The body of a WSGI request.

    Raises MockIdpError 413 when it is longer than `limit` bytes, 400 when its length is not a number.
    """
    body = read_at_most(environ, limit + 1)
    if len(body) > limit:
        raise too_large(limit)
    return body


def read_at_most(environ: Mapping[str, Any], most: int) -> bytes:
    """The body of a WSGI request, or so many bytes of it. Raises MockIdpError 400 when its length is not a number."""
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced and not (announced.isascii() and announced.isdigit() and len(announced) < 20):
        raise MockIdpError(400, "bad_content_length", "Content-Length is not a number.")
    # Without a length there is only a body to read where the server says where it ends.
    length = int(announced) if announced else most if environ.get("wsgi.input_terminated") else 0
    body: bytes = environ["wsgi.input"].read(min(length, most)) if length else b""
    return body


def too_large(limit: int) -> MockIdpError:
    """The refusal of a body that is longer than `limit` bytes."""
    return MockIdpError(413, "body_too_large", f"A body may have at most {limit} bytes here.")
