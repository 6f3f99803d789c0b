"""Asking an app as a connection asks a server."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import wait
from typing import Protocol

from harness.in_process.incoming import Incoming, incoming
from harness.in_process.pending import Pending
from harness.wire.answer_reader import Answer, AnswerLimit, NoHttp
from harness.wire.exchange import ANSWER_SECONDS, Exchange, Request, Watch
from harness.wire.request_writer import ServiceAddress

_PORTS = itertools.count()
_BAD_REQUEST = Answer(400, (("Content-Type", "text/plain"),), b"Bad Request", b"", True)


class Serving(Protocol):
    """An app that is called."""

    def begin(self, request: Incoming) -> Pending:
        """Let the app answer; doesn't wait for it."""

    def stop(self) -> None:
        """End it."""


class AppConnection:
    """Sends requests to an app as `Connection` does to a server; used by one thread at a time.

    What no server would hand to an app (`incoming`) is answered here, with 400.
    """

    def __init__(self, base_url: str, serving: Serving, ended: threading.Event | None = None) -> None:
        self._address, self._serving, self._ended = ServiceAddress(base_url), serving, ended
        # An app may tell its clients apart by their ports, of which two connections at once don't share one.
        self._peer = ("127.0.0.1", 49_152 + next(_PORTS) % 16_384)

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False) -> Exchange:
        """Send `request` and wait at most `answer_seconds` for the whole answer.

        Never raises for what comes back. Raises `HarnessError` for a request that can't be written as HTTP, and when
        the run is ended.
        """
        written = self._address.written(request.method, request.path, request.headers, request.body)
        watch = Watch(request, answer_seconds, self._ended)
        asked = incoming(written, self._peer)
        if asked is None:
            return watch.answered(_BAD_REQUEST)
        pending = self._serving.begin(asked)
        try:
            while not wait([pending.result], watch.deadline.slice()).done:
                pass
            return watch.answered(pending.result.result())
        except (AnswerLimit, NoHttp, TimeoutError) as problem:
            watch.received = pending.received
            pending.abandon()
            return watch.failed(problem)

    def close(self) -> None:
        """Nothing is open between two requests."""
