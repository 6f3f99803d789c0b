"""What a test of the reference service needs: an issuer with keys, services in front of it, and a client."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from harness.reference.clock import Clock
from harness.reference.documented import DocumentedConfiguration, Overlay
from harness.reference.known_faults import mixins
from harness.reference.parts import Parts
from harness.reference.server import ReferenceServer
from harness.reference.settings import ApiKey, ReferenceSettings
from harness.reference.settings_file import settings_from

from .issuer import AUDIENCE, ISSUER, Issuer, Key

FULL_KEY = "sk-full-access-key"
READ_KEY = "sk-read-only-key"
API_KEYS = (
    ApiKey(FULL_KEY, ("tasks:*", "dlq:*", "system:*")),
    ApiKey(READ_KEY, ("tasks:list", "tasks:read")),
    ApiKey("sk-nothing", ()),
)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class MovableClock:
    """The real clocks, moved on by `advance`."""

    def __init__(self) -> None:
        self.offset = 0.0

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self.offset += seconds

    @property
    def clock(self) -> Clock:
        """What a service takes."""
        return Clock(lambda: time.time() + self.offset, lambda: time.monotonic() + self.offset)


class World:
    """An issuer that publishes `k1`, the keys of the tests, and the services started so far."""

    def __init__(self, issuer: Issuer, k1: Key, k2: Key, attacker: Key) -> None:
        self.issuer, self.k1, self.k2, self.attacker = issuer, k1, k2, attacker
        self.clock = MovableClock()
        self.servers: list[ReferenceServer] = []
        issuer.publish(k1)

    def settings(self, **changes: Any) -> ReferenceSettings:
        """Settings of an orchestration service that trusts the issuer."""
        values: dict[str, Any] = {
            "service": "orchestration",
            "jwt_issuer": ISSUER,
            "jwt_audience": AUDIENCE,
            "jwks_url": self.issuer.url,
            "jwks_url_allow_http": True,
            "jwks_fetch_timeout_seconds": 2.0,
            "api_keys_enabled": True,
            "api_keys": API_KEYS,
        }
        return ReferenceSettings(**(values | changes))

    def start(
        self,
        *faults: str,
        written: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        overlay: Overlay | None = None,
        **changes: Any,
    ) -> Service:
        """A running service with these faults and changed settings, or with what a file and variables say."""
        settings = self.settings(**changes)
        if written is not None:
            documented = Parts(mixins(faults)).of(DocumentedConfiguration)(environment or {})
            table = written if overlay is None else documented.overlaid(written, overlay, "test")
            settings = settings_from(table, documented)
        server = ReferenceServer(settings, faults, clock=self.clock.clock).start()
        self.servers.append(server)
        return Service(server)

    def close(self) -> None:
        """Stops everything; an error in a handler thread fails the test."""
        self.issuer.release()
        for server in self.servers:
            server.stop()
        assert [server.errors for server in self.servers] == [()] * len(self.servers)


class Service:
    """A client of one running service."""

    def __init__(self, server: ReferenceServer) -> None:
        self.server = server
        self.port = server.port

    def ask(
        self,
        path: str = "/v1/tasks",
        token: str | None = None,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            return exchange(connection, path, token, method=method, headers=headers, body=body)
        finally:
            connection.close()

    def status(self, token: str | None = None, path: str = "/v1/tasks", **options: Any) -> int:
        """The status of one request."""
        return self.ask(path, token, **options).status

    def connection(self) -> http.client.HTTPConnection:
        """A connection for `exchange`, to be closed by the caller."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)


def exchange(
    connection: http.client.HTTPConnection,
    path: str = "/v1/tasks",
    token: str | None = None,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """One request on an open connection."""
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    connection.request(method, path, body, bearer | (headers or {}))
    response = connection.getresponse()
    return Answer(response.status, dict(response.headers.items()), response.read())


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results of `calls`, all made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(30) for future in [pool.submit(call) for call in calls]]
