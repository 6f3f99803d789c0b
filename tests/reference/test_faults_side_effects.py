"""Faults in what requests share, in what is written down and in unlisted methods show, and do not without."""

from __future__ import annotations

import logging
from collections.abc import Callable

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


def logs(ask: Callable[[World, Service], str]) -> Experiment:
    """The mistake is to log the credential that `ask` has sent and returns."""

    def experiment(world: World, start: Start) -> bool:
        lines, logger = _Lines(), logging.getLogger("harness.reference")
        logger.addHandler(lines)
        try:
            credential = ask(world, start())
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
    "m-head-needs-no-permission": asked("HEAD", 200),
    "m-head-is-public": lambda world, start: start().status(None, method="HEAD") == 200,
    "m-unlisted-method-open": lambda world, start: start().status(None, method="FOO") == 200,
    "m-trace-echoes": lambda world, start: b"marked" in start().ask(token="marked", method="TRACE").body,
}
