"""Fetching the JWKS document: one bounded GET to the configured URL and to nowhere else.

`http.client` is used because of what it does not do: it follows no redirect, keeps no cookie, and reads no
proxy and no password from the environment.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from urllib.parse import SplitResult, urlsplit

from harness.reference.errors import FetchFailed
from harness.reference.metadata import MetadataReader
from harness.reference.private_hosts import is_private
from harness.reference.settings import ReferenceSettings
from harness.reference.watchdog import Watchdog

# An issuer may ask to be left alone, but not to be forgotten.
MAX_RETRY_AFTER_SECONDS = 60.0


class JwksFetcher:
    """The HTTP client of the key store. Threads may fetch at the same time."""

    def __init__(self, settings: ReferenceSettings, metadata: MetadataReader | None = None) -> None:
        self.settings = settings
        self.metadata = metadata or MetadataReader(settings)
        self._lock = threading.Lock()
        self._exchanges: set[Watchdog] = set()
        self._closed = False

    def fetch(self) -> bytes:
        """The body of the document; raises `FetchFailed` for anything but a complete 200 answer in time."""
        return self.document(self.key_set_address())

    def key_set_address(self) -> str:
        """The configured address, or the one that the issuer's metadata names now."""
        if not self.settings.discovery_url:
            return self.settings.jwks_url
        return self.metadata.jwks_uri(self.document(self.settings.discovery_url))

    def document(self, address: str) -> bytes:
        """The body of the answer to one GET of an address that keys may come from; raises `FetchFailed`."""
        try:
            url = urlsplit(address)
            self.check_url(url)
            self.check_host(url.hostname or "")
            return self.get(address)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchFailed(f"the key set could not be fetched: {type(error).__name__}") from error

    def close(self) -> None:
        """Ends the fetches under way and refuses new ones."""
        with self._lock:
            self._closed = True
            exchanges = list(self._exchanges)
        for exchange in exchanges:
            exchange.bite()

    def check_url(self, url: SplitResult) -> None:
        """Keys that come over plain http are anybody's (RFC 8725 §3.8), so it has to be allowed by name."""
        if url.scheme != "https" and not (url.scheme == "http" and self.settings.jwks_url_allow_http):
            raise FetchFailed("jwks_url is not https and jwks_url_allow_http is false")
        if not url.hostname:
            raise FetchFailed("jwks_url has no host")

    def check_host(self, host: str) -> None:
        """Under the guard, keys do not come from this machine or its network (server-side request forgery)."""
        if self.settings.guard_private_hosts and is_private(host):
            raise FetchFailed("jwks_url leads to a loopback, private or link-local host")

    def timeout(self) -> float | None:
        """How many seconds one fetch may take from the connection to the last byte; None for no limit."""
        return self.settings.jwks_fetch_timeout_seconds

    def max_bytes(self) -> int:
        """The largest body that is read."""
        return self.settings.jwks_max_bytes

    def request_headers(self) -> dict[str, str]:
        """What the request says; nothing of the caller whose token made us fetch."""
        return {"Accept": "application/jwk-set+json, application/json", "User-Agent": "tasker-reference"}

    def tls_context(self) -> ssl.SSLContext:
        """Certificates and host names are verified, against `ca_file` when there is one."""
        return ssl.create_default_context(cafile=self.settings.ca_file)

    def get(self, address: str) -> bytes:
        """One GET of `address`; raises `FetchFailed`, `OSError` or `http.client.HTTPException`."""
        url = urlsplit(address)
        seconds = self.timeout()
        began = time.monotonic()
        connection = self.connection(url, seconds)
        try:
            connection.connect()
            left = None if seconds is None else seconds - (time.monotonic() - began)
            with Watchdog(connection.sock, left) as exchange:
                return self.exchange(exchange, connection, url)
        finally:
            connection.close()

    def connection(self, url: SplitResult, seconds: float | None) -> http.client.HTTPConnection:
        """A connection, not yet open, to the host of `url`."""
        host = url.hostname or ""
        if url.scheme == "http":
            return http.client.HTTPConnection(host, url.port, timeout=seconds)
        return http.client.HTTPSConnection(host, url.port, timeout=seconds, context=self.tls_context())

    def exchange(self, exchange: Watchdog, connection: http.client.HTTPConnection, url: SplitResult) -> bytes:
        """Request and answer on an open connection, known to `close` while it lasts."""
        with self._lock:
            if self._closed:
                raise FetchFailed("the service is shutting down")
            self._exchanges.add(exchange)
        try:
            connection.request("GET", self.request_target(url), headers=self.request_headers())
            body = self.read_answer(connection.getresponse())
        finally:
            with self._lock:
                self._exchanges.discard(exchange)
        if exchange.bitten:
            raise FetchFailed("the key set took too long")
        return body

    def request_target(self, url: SplitResult) -> str:
        """Path and query (origin form, RFC 9112 §3.2.1)."""
        return url._replace(scheme="", netloc="", path=url.path or "/", fragment="").geturl()

    def read_answer(self, response: http.client.HTTPResponse) -> bytes:
        """The whole body of a 200 answer."""
        if response.status != 200:
            raise FetchFailed(f"the issuer answered {response.status}", retry_after(response))
        limit = self.max_bytes()
        body = response.read(limit + 1)
        if len(body) > limit:
            raise FetchFailed(f"the key set is larger than {limit} bytes")
        if response.length:
            raise FetchFailed("the key set is shorter than announced")
        return body


def retry_after(response: http.client.HTTPResponse) -> float:
    """The seconds of a Retry-After header, at most `MAX_RETRY_AFTER_SECONDS`; 0 when absent or a date."""
    value = response.getheader("Retry-After", "").strip()
    return min(float(value), MAX_RETRY_AFTER_SECONDS) if value.isdecimal() else 0.0
