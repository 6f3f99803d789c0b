"""The least that a cell can cost: one minted token, one request, one fetch of the key set."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from harness.cell.environment import Environment
from harness.cell.outgoing import build_request
from harness.cell.session import Session
from harness.wire.exchange import Connection, Request


class Floor:
    """Asks the identity provider of a run, and for each style a plain service of its own; end it with `close`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._sessions: dict[str, Session] = {}
        self._idp = Connection(environment.idp.url)

    def seconds(self, style: str) -> float:
        """How long mint + request + JWKS fetch over HTTP take. Raises AssertionError when one is not answered so."""
        session = self._session(style)
        route = session.profile.routes["read"]
        path = urlsplit(session.issuer.jwks_uri).path
        started = time.perf_counter()
        token = session.issuer.mint({"permissions": [route.permission]})
        answer = session.send(build_request("read", route, token, {}))
        keys = self._idp.send(Request("GET", path))
        seconds = time.perf_counter() - started
        assert answer.status == keys.status == 200, (answer.summary(), keys.summary())
        return seconds

    def _session(self, style: str) -> Session:
        if style not in self._sessions:
            self._sessions[style] = Session(self._environment, style, {})
            self._sessions[style].start_service()
            self.seconds(style)  # The first request of a service loads its keys.
        return self._sessions[style]

    def close(self) -> None:
        """End the services."""
        while self._sessions:
            self._sessions.popitem()[1].close()
        self._idp.close()
