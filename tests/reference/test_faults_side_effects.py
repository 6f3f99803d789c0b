"""Faults in what requests share, in what is written down and in unlisted methods show, and do not without."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .mistakes import Experiment, Start
from .world import FULL_KEY, Service, World, at_once

_CROWD = 16
_ROUNDS = 40


def mixes_callers(world: World, start: Start) -> bool:
    """Of many callers at once one is answered as another."""
    service = start()
    may, may_not = world.k1.token(), world.k1.token(permissions=[])

    def wrong(token: str, status: int) -> bool:
        return any(service.status(token) != status for _ in range(_ROUNDS))

    calls: list[Callable[[], bool]] = [
        lambda: wrong(may, 200),
        lambda: wrong(may_not, 403),
    ] * (_CROWD // 2)
    return any(at_once(calls))


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def logs(ask: Callable[[World, Service], str], **settings: Any) -> Experiment:
    """The mistake is to log the credential that `ask` has sent and returns."""

    def experiment(world: World, start: Start) -> bool:
        lines, logger = _Lines(), logging.getLogger("harness.reference")
        logger.addHandler(lines)
        try:
            credential = ask(world, start(**settings))
        finally:
            logger.removeHandler(lines)
        return any(credential in line for line in lines.lines)

    return experiment


def sends(status: int, **claims: object) -> Callable[[World, Service], str]:
    """A token with these claims, which is answered so."""

    def ask(world: World, service: Service) -> str:
        token = world.k1.token(**claims)
        assert service.status(token) == status
        return token

    return ask


def sends_key(world: World, service: Service) -> str:
    assert service.status(headers={"X-API-Key": FULL_KEY}) == 200
    return FULL_KEY


def shows(token_of: Callable[[World], str], status: int, path: str = "/v1/tasks", **options: Any) -> Experiment:
    """The mistake is to log this token, which comes with such a request and is answered so."""

    def ask(world: World, service: Service) -> str:
        token = token_of(world)
        assert service.status(token, path, **options) == status
        return token

    return logs(ask)


def shows_key(key: str, status: int) -> Experiment:
    """The mistake is to log this API key."""

    def ask(_: World, service: Service) -> str:
        assert service.status(headers={"X-API-Key": key}) == status
        return key

    return logs(ask)


def shows_after_a_failure(world: World, start: Start) -> bool:
    """A token that causes a fetch, which fails, is logged."""
    world.issuer.answer(b"", 500)
    return shows(lambda world: world.k1.token(), 401)(world, start)


def forges(kid: str = "k1", path: str = "/v1/tasks") -> Experiment:
    """The mistake is that a line of the log begins with what the caller has sent."""

    def ask(world: World, service: Service) -> str:
        service.status(world.k1.token({"kid": kid}), path)
        return "\n7d1f"

    return logs(ask)


def asked(method: str, status: int, *permissions: str) -> Experiment:
    """The mistake is to answer a token with these permissions by this method so."""
    return lambda world, start: start().status(world.k1.token(permissions=list(permissions)), method=method) == status


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-token-in-shared-state": mixes_callers,
    "m-verification-shared": mixes_callers,
    "m-token-logged": (logs(sends(200)), logs(sends(401, exp=1))),
    "m-refused-token-logged": logs(sends(401, exp=1)),
    "m-denied-token-logged": logs(sends(403, permissions=[])),
    "m-api-key-logged": logs(sends_key),
    "m-token-of-unknown-route-logged": (
        shows(lambda world: world.k1.token(), 404, "/nowhere"),
        shows(lambda world: world.k1.token(), 405, method="FOO"),
    ),
    "m-token-of-unknown-key-logged": shows(lambda world: world.k1.token({"kid": "unknown"}), 401),
    "m-token-of-failed-fetch-logged": shows_after_a_failure,
    "m-malformed-token-logged": shows(lambda world: f"{world.k1.token()}.", 401),
    "m-token-of-probe-logged": shows(lambda world: world.k1.token(), 200, "/health"),
    "m-token-of-write-logged": shows(
        lambda world: world.k1.token(permissions=["tasks:create"]), 201, method="POST", body=b'{"name":"t"}'
    ),
    "m-refused-api-key-logged": shows_key(f"{FULL_KEY}0", 401),
    "m-denied-api-key-logged": shows_key("sk-nothing", 403),
    "m-log-forged-by-kid": forges(kid="x\n7d1f"),
    "m-log-forged-by-path": forges(path="/x%0a7d1f"),
    "m-head-needs-no-permission": asked("HEAD", 200),
    "m-head-is-public": lambda world, start: start().status(None, method="HEAD") == 200,
    "m-unlisted-method-open": lambda world, start: start().status(None, method="FOO") == 200,
    "m-trace-echoes": lambda world, start: b"marked" in start().ask(token="marked", method="TRACE").body,
}
