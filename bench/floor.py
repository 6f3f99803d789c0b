"""The least that a cell can cost: one minted token, one request, one fetch of the key set."""

from __future__ import annotations

import statistics
import time
from urllib.parse import urlsplit

from harness.environment import Options
from harness.outgoing import build_request
from harness.session import Session
from harness.target_runs import TargetRuns
from harness.wire import Connection, Request

_ROUNDS = 300


def measure_floor(target: str) -> float:
    """Milliseconds (median) of mint + request + JWKS fetch over HTTP, on the parts that the matrix uses."""
    runs = TargetRuns()
    try:
        environment = runs.of(Options(target=target)).sessions.environment
        session = Session(environment, "auth0", {})
        session.start_service()
        try:
            with Connection(environment.idp.url) as idp:
                return 1000 * statistics.median(_round(session, idp) for _ in range(_ROUNDS))
        finally:
            session.close()
    finally:
        runs.close()


def _round(session: Session, idp: Connection) -> float:
    route = session.profile.routes["read"]
    path = urlsplit(session.issuer.jwks_uri).path
    started = time.perf_counter()
    token = session.issuer.mint({"permissions": [route.permission]})
    answer = session.send(build_request("read", route, token, {}))
    keys = idp.send(Request("GET", path))
    seconds = time.perf_counter() - started
    assert answer.status == keys.status == 200, (answer.summary(), keys.summary())
    return seconds
