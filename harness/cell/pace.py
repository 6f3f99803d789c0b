"""How fast a service is asked: as fast as its profile allows, and no further while it answers 429."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from harness.base.errors import HarnessError
from harness.base.verdicts import Inconclusive
from harness.targets.base import Sends
from harness.wire.exchange import ANSWER_SECONDS, Exchange, Request
from harness.wire.grpc_address import GrpcAddress
from harness.wire.grpc_call import GrpcConnection

TOO_MANY_REQUESTS = 429
# So long a service may go on answering 429 to one request (RFC 6585 section 4).
PATIENCE_SECONDS = 60.0
_FIRST_REST_SECONDS = 0.5


class Pace:
    """The turns of all that is sent to one service; used by several threads.

    `per_second` are requests, None for no limit. `pause` lets seconds pass, or raises when the run has ended.
    """

    def __init__(self, per_second: float | None, pause: Callable[[float], None]) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._pause = pause
        self._turns = threading.Lock()
        self._next = 0.0
        self._patience = PATIENCE_SECONDS

    def turn(self) -> None:
        """Wait until another request may be sent."""
        if not self._interval:
            return
        with self._turns:
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + self._interval
        if mine > now:
            self._pause(mine - now)

    def rest(self, exchange: Exchange, waited: float) -> float:
        """Whether an answer is no verdict but a request to wait: the seconds that were waited in all, 0 when not.

        `waited` is how long it has been waited for that request before. Raises `Inconclusive` when that doesn't end.
        """
        if exchange.status != TOO_MANY_REQUESTS:
            self._patience = PATIENCE_SECONDS
            return 0.0
        seconds = retry_after(exchange.header("Retry-After"), time.time()) or max(_FIRST_REST_SECONDS, waited)
        if waited + seconds > self._patience:
            self._patience = 0.0  # Nobody waits again before something else than 429 has come.
            raise Inconclusive(
                f"the service asks for fewer requests (429) for longer than {PATIENCE_SECONDS:g} s: "
                "the profile can say what it allows, requests_per_second of [timing]"
            )
        self._pause(seconds)
        return waited + seconds


def retry_after(value: str | None, now: float) -> float:
    """The seconds of a Retry-After field, a number or a date (RFC 9110 section 10.2.3); 0 when it says neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return 0.0


class Paces:
    """The pace of each service of a run, by its address; used by several threads."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._paces: dict[str, Pace] = {}

    def of(self, base_url: str, per_second: float | None, pause: Callable[[float], None]) -> Pace:
        """The pace of the service at that address."""
        with self._making:
            return self._paces.setdefault(base_url, Pace(per_second, pause))


def share_of_process() -> float:
    """Which part of the requests to one service this process of a run may send."""
    return 1 / int(os.environ.get("PYTEST_XDIST_WORKER_COUNT") or 1)


class PacedConnection:
    """A connection that waits for its turn, and sends again what was answered 429; calls go to `grpc_address`.

    It closes what it sends by, `http`. Used by one thread at a time.
    """

    def __init__(
        self,
        http: Sends,
        pace: Pace,
        *,
        ended: threading.Event | None = None,
        grpc_address: GrpcAddress | None = None,
    ) -> None:
        self._http, self._pace = http, pace
        self._ended, self._grpc_address = ended, grpc_address
        self._grpc: GrpcConnection | None = None

    def close(self) -> None:
        self._http.close()
        if self._grpc is not None:
            self._grpc.close()
            self._grpc = None

    def send(
        self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False, patient: bool = True
    ) -> Exchange:
        """As `Connection.send`; raises `Inconclusive` too, when it is answered 429 again and again.

        Without `patient` a 429 is the answer.
        """
        waited = 0.0
        while True:
            self._pace.turn()
            if request.grpc:
                exchange = self._channel().send(request, answer_seconds=answer_seconds)
            else:
                exchange = self._http.send(request, answer_seconds=answer_seconds, same=same)
            waited = self._pace.rest(exchange, waited) if patient else 0.0
            if not waited:
                return exchange

    def __enter__(self) -> PacedConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _channel(self) -> GrpcConnection:
        if self._grpc_address is None:
            raise HarnessError("the scenario calls a method over gRPC, and the target knows no gRPC address")
        if self._grpc is None:
            self._grpc = GrpcConnection(self._grpc_address, self._ended)
        return self._grpc
