"""Whether an answer is what a scenario expects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harness.base.errors import HarnessError
from harness.cell.pace import TOO_MANY_REQUESTS
from harness.declared.refusal import CLOSED, UNDECLARED, Refusal
from harness.grammar.model import Route
from harness.grammar.vocabulary import EXPECTATIONS
from harness.wire.exchange import Exchange
from harness.wire.grpc_status import code_of
from harness.wire.json_rpc import says_error

Expectation = str | Sequence[int | str]

_THROTTLED = "throttled"
_FIXED: dict[str, tuple[int, ...]] = {"not-found": (404,), "bad-request": (400, 422)}
# What an expectation of a refusal allows beside the service's own way to say no. A service that can't do what it should
# says so with one of several statuses (RFC 9110 §15.6); no document asks for one of them while no keys can be had.
_MORE: dict[str, tuple[int | str, ...]] = {
    "unavailable": (500, 502, 503, 504),
    _THROTTLED: (TOO_MANY_REQUESTS,),
    "refuse": (400, 413, 414, 431, CLOSED),
}
_WITH_PERMISSIONS = ("deny", "no-grant", "forbidden")
# These ask for a status also of a service that declares none (RFC 6750 §3.1).
_BY_RFC = {"unauthorized": 401, "forbidden": 403}


@dataclass(frozen=True)
class _Allowed:
    """`statuses` say no; with `kept_out` so does everything else that keeps the caller out."""

    statuses: tuple[int | str, ...]
    kept_out: bool
    error: bool  # Whether an error in the body of a 2xx says no.
    grpc: bool = False

    def __str__(self) -> str:
        words = _named(sorted(one for one in self.statuses if isinstance(one, int)), self.grpc)
        words += ["a closed connection"] if CLOSED in self.statuses else []
        if self.kept_out:
            more = [word for word in words if word.startswith("5")]
            words = ["kept out by 3xx", "4xx", *more, "a closed connection"]
        if self.error:
            words.append("an error in the body")
        return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def meets(exchange: Exchange, expectation: Expectation, route: Route | None, refusal: Refusal = UNDECLARED) -> bool:
    """Whether the answer is one that `expectation` allows.

    `route` says what success means there, `refusal` how the service says no. Raises `HarnessError` when the answer is
    larger than what is read: nobody knows what the service meant.
    """
    if expectation == "survive":
        return True
    if exchange.limit:
        raise HarnessError(f"{exchange.request.method} {exchange.request.path[:200]!r}: {exchange.problem}")
    if not isinstance(expectation, str):
        return any(_is(exchange, one, route, refusal) for one in expectation)
    return _is(exchange, expectation, route, refusal)


def _is(exchange: Exchange, wanted: int | str, route: Route | None, refusal: Refusal) -> bool:
    status = exchange.status
    if status is None and not exchange.closed:
        return False
    if isinstance(wanted, int) or wanted == CLOSED:
        return (CLOSED if status is None else status) == wanted
    if is_refusal(wanted):
        return _says_no(exchange, wanted, route, refusal)
    if status is None:
        return False
    error = refusal.is_error(status, exchange.body) or _says_error(exchange, route)
    if wanted == "observe":
        return status < 500
    if wanted == "shut-out":
        return (error or not 200 <= status < 300) and status < 500
    if wanted == "accept":
        return status in (route.success + route.let_in if route else range(200, 300)) and not error
    if wanted == "public-ok":
        return status in (route.success if route else (200,))
    return status in _FIXED[wanted]


def takes_429(expectation: Expectation) -> bool:
    """Whether 429 is an answer to what was sent, as a limit on floods is; else it asks to send that again later."""
    return expectation == _THROTTLED or (not isinstance(expectation, str) and _THROTTLED in expectation)


def is_refusal(expectation: Expectation) -> bool:
    """Whether it is the service's own way to say no that is expected."""
    return expectation in ("reject", "unauthorized", *_MORE, *_WITH_PERMISSIONS)


def _says_no(exchange: Exchange, wanted: str, route: Route | None, refusal: Refusal) -> bool:
    status = exchange.status
    allowed = _allowed(wanted, exchange.request.proof, refusal)
    if status is None:
        return allowed.kept_out or CLOSED in allowed.statuses
    if 200 <= status < 300:
        if allowed.kept_out and _says_error(exchange, route):
            return True
        return refusal.is_error(status, exchange.body) and (allowed.error or status in allowed.statuses)
    if status in allowed.statuses:
        return True
    let_in = route.success + route.let_in if route else ()
    return allowed.kept_out and 300 <= status < 500 and status not in let_in


def _says_error(exchange: Exchange, route: Route | None) -> bool:
    """Whether a message in the answer says that nothing was done, which is no way to refuse a token by its status."""
    return bool(route and route.rpc) and says_error(exchange.body, exchange.header("Content-Type") or "")


def _allowed(wanted: str, proof: str | None, refusal: Refusal) -> _Allowed:
    answers: list[str] = []
    if wanted not in ("deny", "forbidden"):
        # What a request with an odd credential is taken for is the service's affair.
        known = {"": ["without_credentials"], "token": ["bad_token"]}
        answers += known.get("?" if proof is None else proof, ["without_credentials", "bad_token"])
    if wanted in _WITH_PERMISSIONS:
        answers.append("no_permission")
    declared = [refusal.declared(answer) for answer in answers]
    statuses: Iterable[int | str] = (status for one in declared for status in one or ())
    unknown = None in declared
    if unknown and wanted in _BY_RFC:
        return _Allowed(tuple(dict.fromkeys((*statuses, _BY_RFC[wanted]))), False, bool(refusal.error_member))
    statuses = tuple(dict.fromkeys((*statuses, *_MORE.get(wanted, ()))))
    return _Allowed(statuses, unknown, bool(refusal.error_member) and unknown)


def describe(
    expectation: Expectation, route: Route | None, refusal: Refusal = UNDECLARED, proof: str | None = None
) -> str:
    """What `expectation` allows, for a report; `proof` is that of the request."""
    if not isinstance(expectation, str):
        return "status " + " or ".join(map(str, expectation))
    grpc = route is not None and route.grpc
    if expectation in ("accept", "public-ok") and route:
        statuses = " or ".join(_named(route.success + (route.let_in if expectation == "accept" else ()), grpc))
        return f"{expectation}: {statuses}"
    if is_refusal(expectation):
        return f"{expectation}: {replace(_allowed(expectation, proof, refusal), grpc=grpc)}"
    return f"{expectation}: {EXPECTATIONS[expectation]}"


def _named(statuses: Iterable[int | str], grpc: bool) -> list[str]:
    """The statuses as they are called, over gRPC by the code that each stands for."""
    return [code_of(one) if grpc else str(one) for one in statuses]
