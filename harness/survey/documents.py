"""An OpenAPI document that somebody names: a file, a path at the service, or a URL elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from harness.base.errors import HarnessError
from harness.survey.asker import AS_JSON, Asker
from harness.wire.exchange import Connection, Exchange, Request
from mock_idp.tools.input_file import InputFileError, read_bytes

_MOST_BYTES = 16 * 1024 * 1024


def read_document(asker: Asker, said: str) -> bytes:
    """Its bytes. Raises `HarnessError` when they can't be had."""
    if urlsplit(said).scheme in ("http", "https"):
        parts = urlsplit(said)
        with Connection(f"{parts.scheme}://{parts.netloc}") as connection:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            return _body(connection.send(Request("GET", path, AS_JSON)))
    if said.startswith("/") and not Path(said).is_file():
        return _body(asker.document(said))
    try:
        return read_bytes(Path(said), _MOST_BYTES)
    except InputFileError as problem:
        raise HarnessError(f"the file {problem}") from problem


def _body(answer: Exchange) -> bytes:
    if answer.status != 200:
        raise HarnessError(f"GET {answer.request.path} has no document to offer: {answer.summary()}")
    return answer.body
