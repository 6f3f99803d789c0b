"""An HTTP request as it is, whichever server has read it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mock_idp.http11.body import read_at_most
from mock_idp.http11.takeover import take_connection


def _no_connection() -> socket.socket:
    raise LookupError("This request came on no connection.")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. Nothing of it is in the repr but method and path, as the rest holds credentials.

    `path` is percent-decoded, `query` the text behind the question mark as it came. `headers` has each name once, with
    the values of a repeated one joined with a comma. `take_connection` hands over the connection, on which the server
    then sends nothing any more; it raises OSError or LookupError where that cannot be done.
    """

    method: str
    path: str
    query: str = field(default="", repr=False)
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    take_connection: Callable[[], socket.socket] = field(default=_no_connection, repr=False)

    def has(self, name: str) -> bool:
        """Whether it has the header with this name, in lower case."""
        return any(one.lower() == name for one, _ in self.headers)

    def header(self, name: str) -> str:
        """The value of the header with this name, in lower case; empty when it is absent."""
        return next((value for one, value in self.headers if one.lower() == name), "")

    @property
    def content_type(self) -> str:
        """The Content-Type, empty when absent."""
        return self.header("content-type")

    @property
    def authorization(self) -> str:
        """The Authorization header, empty when absent."""
        return self.header("authorization")


def request_of(environ: Mapping[str, Any], limit: int) -> Request:
    """The request of a WSGI environ. Its body is read no further than a byte beyond `limit`.

    Raises MockIdpError 400 when the length of the body is not a number.
    """
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        headers=request_headers(environ),
        body=read_at_most(environ, limit + 1),
        take_connection=partial(take_connection, environ),
    )


def request_headers(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The request headers of an environ that `header_environ` has made."""
    headers = [(_header_name(key[5:]), str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers.append((_header_name(key), str(environ[key])))
    return headers


def _header_name(key: str) -> str:
    return "_".join(part.replace("_", "-") for part in key.split("__"))
