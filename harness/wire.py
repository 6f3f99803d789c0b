"""HTTP as it goes over the wire: exact paths and header bytes, one answer or the lack of one, nothing tidied up.

Clients made for applications normalise paths, follow redirects and refuse odd headers. A verifier must be
asked exactly what the scenario says, so this speaks through `http.client`.
"""

from __future__ import annotations

import http.client
import shlex
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ANSWER_SECONDS = 10.0
_MAX_BODY = 4 * 1024 * 1024

Header = tuple[str, str | bytes]


@dataclass(frozen=True)
class Request:
    """What is sent. `path` goes out exactly as it stands; `token_spec` says how its token was made, for reports."""

    method: str
    path: str
    headers: tuple[Header, ...] = ()
    body: bytes | None = None
    token_spec: Any = None

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

    def text(self, limit: int = 400) -> str:
        text = self.body[: limit * 4].decode("utf-8", "replace")
        return text if len(text) <= limit else text[:limit] + "…"

    def summary(self) -> str:
        """What came back, in one line."""
        if self.status is None:
            return self.problem
        reason = http.client.responses.get(self.status, "")
        return f"{self.status} {reason} {self.text(200)}".strip()


class Connection:
    """A keep-alive connection to one base URL; used by one thread at a time.

    `send` opens it again when the service has closed it while it was idle.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{base_url!r} is no http:// URL")
        self._host, self._port = parts.hostname, parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False) -> Exchange:
        """Send `request` and wait at most `answer_seconds` for the whole answer; never raises for what comes back.

        `same=True` insists on the connection that is open already.
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
            except (http.client.HTTPException, OSError, ValueError) as error:
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
            self._connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._connection
        connection.sock.settimeout(seconds)
        # The target goes out as it is: putrequest would refuse blanks and control characters.
        connection._validate_path = lambda _: None  # type: ignore[attr-defined]
        connection.putrequest(request.method, self._prefix + request.path, skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, _bytes(value))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        response = connection.getresponse()
        return response, response.read(_MAX_BODY)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class CurlLine:
    """The command that repeats a request; `token_command` stands where the token was."""

    base_url: str
    request: Request
    token: str | None = None
    token_command: str | None = None
    secrets: Sequence[str] = field(default_factory=tuple)

    def __str__(self) -> str:
        parts = ["curl", "-si"]
        if self.request.method != "GET":
            parts += ["-X", self.request.method]
        parts.append("--path-as-is")
        parts.append(shlex.quote(self.base_url + self.request.path))
        for name, value in self.request.headers:
            parts += ["-H", self._quoted(f"{name}: {_text(value)}" if value else f"{name};")]
        if self.request.body is not None:
            body = self.request.body[:200].decode("utf-8", "replace")
            parts += ["--data-binary", self._quoted(body)]
        return " ".join(parts)

    def _quoted(self, text: str) -> str:
        if not self.token or self.token not in text:
            return shlex.quote(text)
        before, after = text.split(self.token, 1)
        command = f'"$({self.token_command})"' if self.token_command else "'<token>'"
        return (shlex.quote(before) if before else "") + command + (shlex.quote(after) if after else "")


def _bytes(value: str | bytes) -> bytes:
    """A header value as bytes: U+0000-U+00FF stand for those bytes (RFC 9110 §5.5), anything beyond for its UTF-8."""
    if isinstance(value, bytes):
        return value
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
