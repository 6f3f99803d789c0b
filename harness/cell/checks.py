"""Whether an answer is what a scenario expects."""

from __future__ import annotations

from collections.abc import Sequence

from harness.base.errors import HarnessError
from harness.grammar.model import Route
from harness.grammar.vocabulary import EXPECTATIONS
from harness.wire.exchange import Exchange

Expectation = str | Sequence[int | str]

_STATUSES: dict[str, tuple[int, ...]] = {
    "reject": (401,),
    "deny": (403,),
    "no-grant": (401, 403),
    "unavailable": (401, 503),
    "refuse": (400, 401, 413, 414, 431),
    "not-found": (404,),
    "bad-request": (400, 422),
}


def meets(exchange: Exchange, expectation: Expectation, route: Route | None) -> bool:
    """Whether the answer is one that `expectation` allows; `route` says what success means there.

    Raises `HarnessError` when the answer is larger than what is read: nobody knows what the service meant.
    """
    status = exchange.status
    if expectation == "survive":
        return True
    if exchange.limit:
        raise HarnessError(f"{exchange.request.method} {exchange.request.path[:200]!r}: {exchange.problem}")
    if status is None:
        return exchange.closed and (expectation == "refuse" or "closed" in expectation)
    if not isinstance(expectation, str):
        return status in expectation
    if expectation == "observe":
        return status < 500
    if expectation == "shut-out":
        return not 200 <= status < 300 and status < 500
    if expectation == "accept":
        return status in (route.success + route.let_in if route else range(200, 300))
    if expectation == "public-ok":
        return status in (route.success if route else (200,))
    return status in _STATUSES[expectation]


def describe(expectation: Expectation, route: Route | None) -> str:
    """What `expectation` allows, for a report."""
    if not isinstance(expectation, str):
        return "status " + " or ".join(map(str, expectation))
    if expectation in ("accept", "public-ok") and route:
        statuses = " or ".join(map(str, route.success + (route.let_in if expectation == "accept" else ())))
        return f"{expectation}: {statuses}"
    return f"{expectation}: {EXPECTATIONS[expectation]}"
