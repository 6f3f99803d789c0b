"""From the address of a service and the parts of a request to a connection and the bytes that go out on it."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import urlsplit

from harness.base.errors import HarnessError
from harness.shown.foreign_text import foreign
from harness.wire.timed_socket import Deadline, TimedSocket

_PORTS = {"http": 80, "https": 443}


class ServiceAddress:
    """Where the service at `base_url` listens; `ca_file` has authorities that are trusted beside the system's.

    Raises `HarnessError` when that is no http:// or https:// URL.
    """

    def __init__(self, base_url: str, ca_file: str | None = None) -> None:
        self._ca_file = ca_file
        try:
            parts = urlsplit(base_url)
            port = parts.port
        except ValueError:  # A port beyond 65535, or half an IPv6 address.
            raise HarnessError(f"{base_url!r} is no http:// or https:// URL") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise HarnessError(f"{base_url!r} is no http:// or https:// URL")
        self.scheme, self.host, self.prefix = parts.scheme, parts.hostname, parts.path.rstrip("/")
        self.port = _PORTS[parts.scheme] if port is None else port

    def connect(self, deadline: Deadline) -> TimedSocket:
        """A connection to it; raises as `TimedSocket`. No proxy is used, whatever this process's environment says."""
        return TimedSocket(self.host, self.port, deadline, self._tls if self.scheme == "https" else None)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def written(self, method: str, path: str, headers: Iterable[tuple[str, str | bytes]], body: bytes | None) -> bytes:
        """The bytes of a request for `path`, which stands below the path of the base URL, with a Host unless `headers`
        have one.

        Raises `HarnessError` for what can't be written as HTTP, such as a header with a line break.
        """
        writer = _Writer(self.host, self.port)
        writer.default_port = _PORTS[self.scheme]
        told = tuple(headers)
        # A server refuses a request with two of them, or takes either (RFC 9112 §3.2).
        named = any(name.lower() == "host" for name, _ in told)
        try:
            writer.putrequest(method, self.prefix + path, skip_host=named, skip_accept_encoding=True)
            for name, value in told:
                writer.putheader(name, header_bytes(value))
            if body is not None:
                writer.putheader("Content-Length", str(len(body)))
            writer.endheaders(body)
        except (ValueError, http.client.HTTPException) as error:
            raise HarnessError(f"{method} {path!r} can't be sent as it stands: {foreign(error)}") from error
        return bytes(writer.written)


class _Writer(http.client.HTTPConnection):
    """Writes requests as `http.client` does, but into `written`.

    And it leaves the target as it is, where `http.client` refuses blanks, control characters and UTF-8.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.written = bytearray()

    def send(self, data: bytes) -> None:  # type: ignore[override]  # Nothing but bytes is sent.
        self.written += data

    def _validate_path(self, url: str) -> None:
        """Any path is meant as it stands."""

    def _encode_request(self, request: str) -> bytes:
        return request.encode("utf-8")


def header_bytes(value: str | bytes) -> bytes:
    """A header value as bytes: U+0000-U+00FF stand for those bytes (RFC 9110 §5.5), anything beyond for its UTF-8."""
    if isinstance(value, bytes):
        return value
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")
