"""HTTP as it goes over the wire: exact paths and header bytes, one answer or the lack of one, nothing tidied up.

Clients made for applications normalise paths, follow redirects and refuse odd headers. A verifier must be
asked exactly what the scenario says, so this speaks through `http.client`.
"""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.errors import HarnessError
from harness.foreign_text import LINE, ForeignText, foreign

ANSWER_SECONDS = 10.0
MAX_BODY = 4 * 1024 * 1024

Header = tuple[str, str | bytes]


@dataclass(frozen=True)
class Request:
    """What is sent. `path` goes out exactly as it stands; `token_spec` says how its token was made, for reports.

    `raw` are the bytes that were written to a socket instead; method and path then only say what was meant.
    """

    method: str
    path: str
    headers: tuple[Header, ...] = ()
    body: bytes | None = None
    token_spec: Any = None
    raw: bytes | None = None

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((_text(value) for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True)
class Exchange:
    """A request and what came back. `status` is None when no answer came; then `problem` says why.

    `at` is unix seconds when it was sent, `seconds` the time until the answer was complete.
    """

    request: Request
    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    problem: str = ""
    at: float = 0.0
    seconds: float = 0.0

    @property
    def closed(self) -> bool:
        """Whether the service closed the connection instead of answering."""
        return self.status is None and not self.problem.startswith("no answer")

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def text(self, limit: int = 2 * LINE) -> ForeignText:
        """The body, to be shown; without the end of its last line."""
        return ForeignText(self.body.rstrip(b"\r\n"), limit)

    def judged_text(self, limit: int) -> str:
        """The body as it came, to be judged: so many characters of it."""
        text = ForeignText(self.body[: limit * 4]).as_it_came
        return text if len(text) <= limit else text[:limit] + "…"

    def summary(self) -> str:
        """What came back, in one line that can be shown."""
        if self.status is None:
            return self.problem
        reason = http.client.responses.get(self.status, "")
        return f"{self.status} {reason} {self.text(LINE)}".strip()


class _Verbatim:
    """Writes the request target as it is, where `http.client` refuses blanks, control characters and UTF-8."""

    def _validate_path(self, url: str) -> None:
        """Any path is meant as it stands."""

    def _encode_request(self, request: str) -> bytes:
        return request.encode("utf-8")


class _HttpConnection(_Verbatim, http.client.HTTPConnection):
    pass


class _HttpsConnection(_Verbatim, http.client.HTTPSConnection):
    pass


class Connection:
    """A keep-alive connection to one base URL; used by one thread at a time.

    `send` opens it again when the service has closed it while it was idle. Raises `HarnessError` when
    `base_url` is no http:// or https:// URL.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise HarnessError(f"{base_url!r} is no http:// or https:// URL")
        self._kind = _HttpsConnection if parts.scheme == "https" else _HttpConnection
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False) -> Exchange:
        """Send `request` and wait at most `answer_seconds` for each part of the answer.

        Never raises for what comes back. `same=True` insists on the connection that is open already.
        Raises `HarnessError` for a request that can't be written as HTTP, such as a header with a line break.
        """
        started, at = time.perf_counter(), time.time()
        for attempt in (1, 2):
            fresh = self._connection is None
            try:
                response, body = self._exchange(request, answer_seconds)
            except TimeoutError:
                self.close()
                return Exchange(
                    request,
                    None,
                    problem=f"no answer within {answer_seconds:g} s",
                    at=at,
                    seconds=time.perf_counter() - started,
                )
            except ValueError as error:
                self.close()
                raise HarnessError(
                    f"{request.method} {request.path!r} can't be sent as it stands: {foreign(error)}"
                ) from error
            except (http.client.HTTPException, OSError) as error:
                self.close()
                if attempt == 1 and not fresh and not same:
                    continue
                return Exchange(
                    request,
                    None,
                    problem=f"connection closed ({type(error).__name__})",
                    at=at,
                    seconds=time.perf_counter() - started,
                )
            headers = tuple(response.getheaders())
            if response.will_close:
                self.close()
            return Exchange(request, response.status, headers, body, at=at, seconds=time.perf_counter() - started)
        raise AssertionError("two attempts end in a return")

    def _exchange(self, request: Request, seconds: float) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection is None:
            self._connection = self._kind(self._host, self._port, timeout=seconds)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._connection
        connection.sock.settimeout(seconds)
        connection.putrequest(request.method, self._prefix + request.path, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, header_bytes(value))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        response = connection.getresponse()
        body = response.read(MAX_BODY)
        if response.length and len(body) < MAX_BODY:  # `read` with a limit is silent about an answer cut short.
            raise http.client.IncompleteRead(body, response.length)
        return response, body

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def header_bytes(value: str | bytes) -> bytes:
    """A header value as bytes: U+0000-U+00FF stand for those bytes (RFC 9110 §5.5), anything beyond for its UTF-8."""
    if isinstance(value, bytes):
        return value
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


def _text(value: str | bytes) -> str:
    return str(ForeignText(value, len(value) * 4)) if isinstance(value, bytes) else value
