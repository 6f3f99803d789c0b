"""Reading a request body no further than allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_idp.errors import MockIdpError


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """The body of a WSGI request.

    Raises MockIdpError 413 when it is longer than `limit` bytes, 400 when its length is not a number.
    """
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced and not (announced.isascii() and announced.isdigit() and len(announced) < 20):
        raise MockIdpError(400, "bad_content_length", "Content-Length is not a number.")
    # Without a length there is only a body to read where the server says where it ends.
    unannounced = limit + 1 if environ.get("wsgi.input_terminated") else 0
    length = int(announced) if announced else unannounced
    if length > limit and announced:
        raise _too_large(limit)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> MockIdpError:
    return MockIdpError(413, "body_too_large", f"A body may have at most {limit} bytes here.")
