"""One service under experiment: tokens for it, whether it accepts them, and what it fetches meanwhile."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from harness.base.errors import HarnessError
from harness.base.verdicts import Inconclusive
from harness.cell import checks
from harness.cell.outgoing import build_request
from harness.cell.session import Session
from harness.cell.tokens import Words
from harness.declared.profile import Profile
from harness.grammar.model import Route, Table
from harness.wire.exchange import Exchange

# How often a service is asked while something is awaited, and how long a fetch may follow its cause.
POLL_SECONDS = 0.02
SETTLE_SECONDS = 0.3
CONTROL_SECONDS = 3.0
SOON_SECONDS = 1.0
_CROWD_ANSWER_SECONDS = 20.0
# A declared cool-down that is longer isn't waited for.
_LONGEST_REST_SECONDS = 60.0


def rest_seconds(profile: Profile) -> float:
    """How long a service rests after a fetch, as its profile says; 0 where that is nothing, or too long to wait for."""
    declared = profile.unknown_kid_cooldown_seconds or 0.0
    return declared if declared <= _LONGEST_REST_SECONDS else 0.0


class Trial:
    """A session with the few words that experiments are written in. `pause` and `starting` are those of the lab."""

    def __init__(
        self, session: Session, pause: Callable[[float], None], starting: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.session, self.pause, self._starting = session, pause, starting
        self.issuer, self.profile = session.issuer, session.profile
        self._words: Words = {"mcp_session": lambda: session.mcp.id()}  # Each start has another one.

    @property
    def route(self) -> Route:
        return self.profile.routes["read"]

    # The service

    def start(self) -> None:
        """Start the service. Raises `TargetError` when it does not come up."""
        self.pause(0)
        with self._starting():
            self.session.start_service()

    def restart(self) -> None:
        self.session.stop_service()
        self.start()

    def require_control(self) -> None:
        """Raises `Inconclusive` unless anonymous requests are refused and the plain token is accepted."""
        anonymous = self.session.send(build_request({"anonymous": True}, self.route, None, self._words))
        if not checks.meets(anonymous, "reject", self.route, self.profile.refusal.of_any_status):
            wanted = checks.describe("reject", self.route, self.profile.refusal, "").partition(": ")[2]
            raise Inconclusive(f"a request without credentials must be {wanted}; got {anonymous.summary()}")
        if problem := self.session.controls.canary(CONTROL_SECONDS):
            raise Inconclusive(problem)

    def rest(self) -> None:
        """Let the declared cool-down pass: with some verifiers the first fetch begins one."""
        self.pause(rest_seconds(self.profile))

    # Tokens and requests

    def token(self, **spec: Any) -> str:
        """A token as the spec says, with the permission of the read route unless the spec has permissions."""
        return self.issuer.mint(self.session.token_spec(spec, self.route))

    def tokens(self, specs: Sequence[Table]) -> list[str]:
        return self.issuer.mint_many([self.session.token_spec(spec, self.route) for spec in specs])

    def unknown_tokens(self, count: int) -> list[str]:
        """Tokens signed by the issuer's key that name kids nobody has published, each another one."""
        return self.tokens([{"header": {"kid": f"unknown-{uuid.uuid4()}"}} for _ in range(count)])

    def send(self, token: str | None, request: Table | None = None, *, patient: bool = True) -> Exchange:
        """One request with the token. Raises what `pause` raises when the time of the experiment is over.

        A 429 is waited for, or is the answer without `patient`.
        """
        self.pause(0)
        built = build_request(request or {}, self.route, token, self._words, self.profile.credential)
        return self.session.send(built, patient=patient)

    def accepts(self, token: str) -> bool:
        return checks.meets(self.send(token), "accept", self.route, self.profile.refusal)

    def accepted_soon(self, token: str) -> bool:
        """Whether the token is accepted at once or shortly after the service's next fetch."""
        return self.seconds_until(lambda: self.accepts(token), SOON_SECONDS) is not None

    def seconds_until(self, question: Callable[[], bool], within: float, poll: float = POLL_SECONDS) -> float | None:
        """Ask every `poll` seconds; seconds until the first yes, None when there is none `within` so many."""
        began = time.monotonic()
        while True:
            if question():
                return time.monotonic() - began
            if time.monotonic() - began >= within:
                return None
            self.pause(poll)

    def send_at_once(self, tokens: Sequence[str], *, patient: bool = True) -> list[Exchange]:
        """Each token on a connection of its own, all at the same moment. Raises `HarnessError` without a service.

        A 429 is waited for, or is the answer without `patient`.
        """
        if self.session.service is None:
            raise HarnessError("an experiment sends requests while its service is not running")
        service, gate = self.session.service, threading.Barrier(len(tokens))

        def send(token: str) -> Exchange:
            with self.session.environment.connect(service) as connection:
                gate.wait(timeout=10)
                request = build_request({}, self.route, token, self._words, self.profile.credential)
                return connection.send(request, answer_seconds=_CROWD_ANSWER_SECONDS, patient=patient)

        with ThreadPoolExecutor(len(tokens), thread_name_prefix="crowd") as pool:
            return list(pool.map(send, tokens))

    # What the issuer saw

    def mark(self) -> int:
        """Where the issuer's request log stands now."""
        return self.issuer.last_seq()

    def fetches(self, since: int) -> int:
        """How often the key set has been asked for after `since`."""
        return len(self.issuer.requests(since=since, endpoint="jwks"))

    def settled_fetches(self, since: int) -> int:
        """As `fetches`, after a moment in which a fetch in the background can still come."""
        self.pause(SETTLE_SECONDS)
        return self.fetches(since)

    def await_timed_refresh(self) -> bool:
        """Use the plain token until the timer has caused a fetch; False when none came in the refresh interval."""
        since = self.mark()
        token = self.token()

        def refreshed() -> bool:
            self.send(token)
            return self.fetches(since) > 0

        return self.seconds_until(refreshed, self.profile.refresh_seconds + 1.5) is not None
