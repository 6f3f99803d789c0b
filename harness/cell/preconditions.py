"""What must hold before and after a case, so that its outcome means something: pre-flight, control, canary."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.base.verdicts import Inconclusive
from harness.cell import checks
from harness.cell.outgoing import build_request, find_route, is_over_grpc, over_grpc
from harness.cell.placeholder_values import session_words
from harness.cell.tokens import Words
from harness.grammar.model import Table

if TYPE_CHECKING:
    from harness.cell.session import Session

_RETRY_SECONDS = 0.05
# What a server says of a route that it doesn't have, whoever asks (RFC 9110 §15.5.5, §15.5.6, §15.5.11, §15.6.2).
_NOT_SERVED = (404, 405, 410, 501)


class Controls:
    """What is known of one running service of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._checked = False
        self._in_vain: str | None = None
        self._found: dict[str, str | None] = {}

    def preflight(self) -> None:
        """Find out whether anything can be learnt here: anonymous requests are refused, the plain token is let in.

        A route that isn't served keeps both out and judges neither.

        The findings are kept; `require_control` judges them.
        """
        if self._checked:
            return
        route = self._session.profile.routes["read"]
        anonymous = self._session.send(
            build_request({"anonymous": True}, route, None, session_words(self._session, ""))
        )
        refusal = self._session.profile.refusal
        # Whether the status is the declared one is a case of its own.
        if anonymous.limit:
            self._in_vain = f"a request without credentials can't be judged: {anonymous.problem}"
        elif not checks.meets(anonymous, "reject", route, refusal.of_any_status):
            wanted = checks.describe("reject", route, refusal, anonymous.request.proof).partition(": ")[2]
            self._in_vain = f"a request without credentials must be {wanted}; got {anonymous.summary()}"
        accepted = self._until_accepted("read", self._session.profile.duration({"cooldown": 1, "seconds": 3}))
        self._found["read"] = accepted
        if accepted and anonymous.status in _NOT_SERVED and anonymous.status not in (refusal.bad_token or ()):
            with_token, _ = self._session.send_plain("read")
            if with_token.status == anonymous.status:
                self._in_vain = (
                    f"{route.method} {route.path} gets the same answer with and without the plain token, so it seems "
                    f"not to be served: {with_token.summary()}; name another route in the profile's routes.read"
                )
        self._checked = True

    def require_control(self, control: Table | None, request: str | Table, words: Words) -> None:
        """Make sure that the control is accepted; raises `Inconclusive` when not.

        Without `control` it is the plain token on the route of `request`. A control that was accepted on this
        service counts for later cells as well: the canary after each cell keeps it true.
        """
        self.require_closed()
        if control is None:
            name = request if isinstance(request, str) else request.get("route", "read")
            route = find_route(name, self._session.profile)
            if not route.permission:
                name = "read"
            plain: str | Table = over_grpc(name) if is_over_grpc(request) else name
            key = f"{name} over gRPC" if is_over_grpc(request) else name
            if key not in self._found:
                self._found[key] = self._until_accepted(plain, 0.0)
            problem = self._found[key]
            if problem and name == "read":  # It may only have been slow to come up.
                problem = self._found[key] = self._until_accepted(plain, 0.0)
        else:
            problem = self._control(control, words)
        if problem:
            raise Inconclusive(f"the control failed: {problem}")

    def require_closed(self) -> None:
        """Where anonymous requests are let in, no answer means anything: raises `Inconclusive`."""
        self.preflight()
        if self._in_vain:
            raise Inconclusive(f"pre-flight: {self._in_vain}")

    def _control(self, control: Table, words: Words) -> str | None:
        route = find_route(control.get("request", "read"), self._session.profile)
        table = self._session.with_kids(control.get("token", {}))
        token = self._session.issuer.mint(self._session.token_spec(table, route, words))
        exchange = self._session.send(
            build_request(control.get("request", "read"), route, token, words, self._session.profile.credential)
        )
        expectation = control.get("expect", "accept")
        refusal = self._session.profile.refusal_of(route)
        if checks.meets(exchange, expectation, route, refusal):
            return None
        return (
            f"expected {checks.describe(expectation, route, refusal, exchange.request.proof)}; got {exchange.summary()}"
        )

    def _until_accepted(self, name: str | Table, seconds: float) -> str | None:
        """Send the plain token until it is accepted or `seconds` have passed; the last answer if it never was."""
        deadline, refusal = time.monotonic() + seconds, self._session.profile.refusal
        while True:
            exchange, route = self._session.send_plain(name)
            if checks.meets(exchange, "accept", route, refusal):
                return None
            # This is about a token that was verified: waiting would not change it.
            verified = exchange.status in (refusal.no_permission or (403,)) and (
                refusal.bad_token is None or exchange.status not in refusal.bad_token
            )
            if verified or time.monotonic() >= deadline:
                return f"the plain token must be accepted by {route.method} {route.path}; got {exchange.summary()}"
            self._session.environment.pause(_RETRY_SECONDS)

    def is_lost(self) -> bool:
        """Whether the service let the plain token in at the pre-flight and does so no more."""
        return self._found.get("read", "") is None and self.canary() is not None

    def canary(self, seconds: float = 0.0) -> str | None:
        """None when the plain token is accepted (within `seconds`), else what came instead."""
        return self._until_accepted("read", seconds)
