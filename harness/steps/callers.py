"""The step in which several callers use the service at once: nobody may be taken for somebody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Required, TypedDict

from harness.base.verdicts import Deviation, Inconclusive, judging
from harness.cell.cell_run import CellRun
from harness.cell.sent import Prepared, Sent
from harness.grammar.mock_words import Token
from harness.grammar.model import Table
from harness.grammar.tables import AboveZero, Expect, OtherIssuer, Request, Times
from harness.steps.registry import step


class CallerTable(TypedDict, total=False):
    """One of several callers: what it sends again and again, and what every answer to it is."""

    token: Token
    request: Request
    expect: Required[Expect]
    issuer: OtherIssuer


def _callers(args: Table) -> Sequence[Table]:
    callers: Sequence[Table] = args["callers"]
    return callers


@step(sends=_callers)
def send_mixed(
    run: CellRun, callers: list[CallerTable], requests: Times = 2000, connections: Times = 16, seconds: AboveZero = 3
) -> None:
    """Lets several callers ask at once, in turn on each of the connections, until so many requests were answered or so
    many seconds have passed. Each caller is asked for alone first, which sets up the case; then no answer to one may be
    that to another. A service that is too busy to answer says nothing about that.
    """
    prepared = [run.prepare(caller) for caller in callers]
    for caller, one in zip(callers, prepared, strict=True):
        alone = Sent(one, run.session.send(one.request))
        run.remember([alone])
        with judging(sets_up=True):
            run.judge(alone, caller["expect"])
    crowd = _Crowd(run, callers, prepared, requests, time.monotonic() + seconds)
    with ThreadPoolExecutor(connections, thread_name_prefix="caller") as pool:
        list(pool.map(crowd.ask, range(connections)))
    crowd.judge(connections)


class _Crowd:
    """The requests of all callers on all connections, and the first answer that is not the caller's own."""

    def __init__(
        self, run: CellRun, callers: Sequence[Table], prepared: Sequence[Prepared], requests: int, deadline: float
    ) -> None:
        self._run, self._callers, self._prepared = run, callers, prepared
        self._left, self._deadline = requests, deadline
        self._lock = threading.Lock()
        self._answered = self._busy = 0
        self._wrong: tuple[Sent, Table] | None = None

    def ask(self, number: int) -> None:
        """Send on one connection, as one of the callers after the other."""
        turn = number
        with self._run.new_connection() as connection:
            while self._another():
                place = turn % len(self._callers)
                one = self._prepared[place]
                self._look(Sent(one, connection.send(one.request)), self._callers[place])
                # The order differs from one connection to the next, so that all meet all.
                turn += 1 + number % 2

    def _another(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0 and self._wrong is None and time.monotonic() < self._deadline

    def _look(self, sent: Sent, caller: Table) -> None:
        status = sent.exchange.status
        is_busy = status is None or status == 429 or status >= 500
        meets = is_busy or self._run.meets(sent, caller["expect"])
        with self._lock:
            self._busy += is_busy
            self._answered += not is_busy
            if not meets and self._wrong is None:
                self._wrong = sent, caller

    def judge(self, connections: int) -> None:
        """Raise `Deviation` for an answer that was another caller's, `Inconclusive` where hardly any was one at all."""
        self._run.counted.append({"on": "callers", "answered": self._answered, "too_busy": self._busy})
        if self._wrong is not None:
            sent, caller = self._wrong
            self._run.remember([sent])
            expected = self._run.describe(sent, caller["expect"])
            among = f"as when this caller asks alone: {self._answered} answers on {connections} connections"
            raise Deviation(f"{expected}, {among}", sent.exchange.summary())
        if self._busy >= self._answered:
            raise Inconclusive(
                f"of {self._answered + self._busy} requests at once {self._busy} got no answer but 429 or 5xx"
            )
