"""The application as granian's RSGI wants it: documents at once on the event loop, everything else in a thread.

RSGI rather than WSGI because it says which connection a request came on, which the faults of the connection need.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any, Protocol

from mock_idp.errors import MockIdpError
from mock_idp.http11.request import Request
from mock_idp.http11.response import MARKER, WITHOUT_BODY, json_response
from mock_idp.http11.syntax import header_environ
from mock_idp.http11.takeover import take_from_server
from mock_idp.issuer.places import MAX_HELD, MAX_WAITS
from mock_idp.run.patience import Patience
from mock_idp.run.workers import Workers
from mock_idp.server.wsgi import CONTROL, HEALTH, MockIdpWsgi

HeaderList = list[tuple[str, str]]
Sendable = tuple[int, HeaderList, bytes | Iterable[bytes]]

# Requests that hang or wait hold a thread each; those that do neither always find one.
_THREADS = MAX_HELD + MAX_WAITS + 64
_BODY_SECONDS = 60.0
_LINGER_SECONDS, _LINGER_BYTES = 1.0, 32 * 1024 * 1024
# A larger body is sent in pieces.
_WHOLE_BYTES = 1024 * 1024


class RsgiHeaders(Protocol):
    """The request headers as granian hands them over."""

    def get(self, key: str) -> str | None: ...

    def keys(self) -> list[str]: ...

    def items(self) -> HeaderList: ...


class RsgiScope(Protocol):
    """What is used of an RSGI scope. `client` and `server` are `address:port`, `path` is percent-decoded."""

    method: str
    path: str
    query_string: str
    scheme: str
    client: str
    server: str
    headers: RsgiHeaders


class RsgiTransport(Protocol):
    """A body that is sent in pieces."""

    async def send_bytes(self, data: bytes) -> None: ...


class RsgiProtocol(Protocol):
    """What is used of an RSGI protocol: the body of the request, whole or in pieces, and two ways to answer."""

    async def __call__(self) -> bytes: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None: ...

    def response_stream(self, status: int, headers: HeaderList) -> RsgiTransport: ...


class RsgiApplication:
    """The application behind an RSGI face."""

    def __init__(self, wsgi: MockIdpWsgi, max_body_bytes: int) -> None:
        self._wsgi = wsgi
        self._max_body_bytes = max_body_bytes
        self._workers = Workers(_THREADS, "mock-idp")
        self._patience = Patience()

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """Answer one request."""
        try:
            if scope.method == "GET":
                quick = self._wsgi.quick(scope.path, scope.query_string, scope.headers.items)
                if quick is not None:
                    protocol.response_bytes(200, *quick)
                    return
            if scope.path == HEALTH and scope.method in ("GET", "HEAD"):
                # Here and now, whatever the threads are doing.
                health = self._wsgi.health()
                body = b"" if scope.method == "HEAD" else health.body
                protocol.response_bytes(health.status, [*health.with_length(), MARKER], body)
                return
            if scope.path.startswith(CONTROL):
                _require_readable(scope.headers)
            body = await self._read_body(scope.headers.get("content-length"), protocol)
        except MockIdpError as error:
            _refuse(protocol, error)
            return
        try:
            if scope.path == CONTROL or scope.path.startswith(f"{CONTROL}/"):
                status, headers, chunks = await self._workers.run(self._control, _environ(scope, body))
            else:
                status, headers, chunks = await self._workers.run(self._respond, _request(scope, body))
        except Exception as error:
            self._wsgi.errors.append(error)
            _refuse(protocol, MockIdpError(503, "overloaded", "This server has no thread left for the request."))
            return
        if isinstance(chunks, bytes):
            protocol.response_bytes(status, headers, chunks)
            return
        transport = protocol.response_stream(status, headers)
        for chunk in chunks:
            await transport.send_bytes(chunk)

    def stop_reading(self) -> None:
        """Wait for no body any more; whose body has not come is told that it did not come in time."""
        self._patience.end_all()

    def close(self) -> None:
        """End everything that waits, and the threads with it."""
        self._wsgi.close()
        self._workers.close()

    async def _read_body(self, announced: str | None, protocol: RsgiProtocol) -> bytes:
        """The body.

        Raises MockIdpError 413 for one that is too long, 408 for one that does not come in time, 400 for one that
        breaks off.
        """
        length = int(announced) if announced is not None and announced.isdigit() else None
        too_large = length is not None and length > self._max_body_bytes
        body, size = bytearray(), 0
        task = self._patience.begin(_LINGER_SECONDS if too_large else _BODY_SECONDS)
        try:
            if length is not None and not too_large:
                return await protocol()
            async for chunk in protocol:
                size += len(chunk)
                if size <= self._max_body_bytes and not too_large:
                    body += chunk
                elif size > self._max_body_bytes + _LINGER_BYTES:
                    break
        except asyncio.CancelledError:
            if not self._patience.has_ended(task):
                raise
            if not too_large:
                raise MockIdpError(408, "request_timeout", "The request did not come in time.") from None
        except Exception:
            # granian's own, of no documented type.
            raise MockIdpError(400, "bad_request", "The body of the request broke off.") from None
        finally:
            self._patience.over(task)
        # What was on its way is taken in, or the client would not get to read the answer (RFC 9112 section 9.6).
        if too_large or size > self._max_body_bytes:
            raise MockIdpError(413, "body_too_large", f"A body may have at most {self._max_body_bytes} bytes here.")
        return bytes(body)

    def _respond(self, request: Request) -> Sendable:
        """The answer to a request for an issuer."""
        response = self._wsgi.respond(request)
        headers = response.with_length()
        return _sendable(response.status, headers, [response.body] if response.chunks is None else response.chunks)

    def _control(self, environ: dict[str, Any]) -> Sendable:
        """The answer of the control API, which is a WSGI application."""
        started: list[tuple[int, HeaderList]] = []

        def start_response(status: str, headers: HeaderList, exc_info: Any = None) -> Any:
            started[:] = [(int(status[:3]), headers)]

        chunks = self._wsgi(environ, start_response)
        return _sendable(*started[0], chunks)


def _sendable(status: int, headers: HeaderList, chunks: Iterable[bytes]) -> Sendable:
    """Status, headers, and the body, in pieces when it is large."""
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
    # A body of no announced length is sent in pieces, which granian then sends as chunks.
    in_pieces = status not in WITHOUT_BODY if length is None else length > _WHOLE_BYTES
    if in_pieces:
        return status, headers, chunks
    try:
        return status, headers, b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _refuse(protocol: RsgiProtocol, error: MockIdpError) -> None:
    """Answer a request of which something may still be unread, so that nothing more can come on its connection."""
    refusal = json_response(error.status, error.as_json(), (MARKER,))
    protocol.response_bytes(error.status, [*refusal.with_length(), ("Connection", "close")], refusal.body)


def _require_readable(headers: RsgiHeaders) -> None:
    """Raises MockIdpError 400 for a request with a header of which granian does not show the value.

    That is any beyond ASCII. For a vendor's endpoint it is not there; the control API lets in on the word of headers.
    """
    if len(set(headers.keys())) > len({name for name, _ in headers.items()}):
        raise MockIdpError(400, "unreadable_header", "A header of this request has characters beyond ASCII.")


def _request(scope: RsgiScope, body: bytes) -> Request:
    host, port = _peer(scope)
    return Request(
        method=scope.method,
        path=_native(scope.path),
        query=_native(scope.query_string),
        headers=_joined(scope.headers.items()),
        body=body,
        take_connection=partial(take_from_server, (host, int(port))),
    )


def _joined(headers: HeaderList) -> HeaderList:
    """Each name once; the values of one that is there more than once are joined with a comma (RFC 9110 section 5.3)."""
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return list(joined.items())


def _peer(scope: RsgiScope) -> tuple[str, str]:
    """Address and port of the client."""
    host, _, port = scope.client.rpartition(":")
    return host.strip("[]"), port


def _environ(scope: RsgiScope, body: bytes) -> dict[str, Any]:
    """The WSGI environ of a request (PEP 3333)."""
    host, port = _peer(scope)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _native(scope.path),
        "QUERY_STRING": _native(scope.query_string),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": scope.server.rpartition(":")[0],
        "SERVER_PORT": scope.server.rpartition(":")[2],
        "REMOTE_ADDR": host,
        "REMOTE_PORT": port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    return {**environ, **header_environ(scope.headers.items())}


def _native(text: str) -> str:
    """Text as WSGI wants it: each character stands for one byte (PEP 3333, "Unicode Issues")."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")
