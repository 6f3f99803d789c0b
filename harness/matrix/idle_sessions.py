"""Sessions between two cells: kept for the next cell of their service, as starting one costs more than most cells."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import ExitStack
from threading import Lock

from harness.cell.session import Session


class IdleSessions:
    """At most `size` sessions that nobody uses at the moment; the one that was used least recently makes room."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._sessions: OrderedDict[object, Session] = OrderedDict()
        self._lock = Lock()

    def take(self, service: object) -> Session | None:
        """The session of a service, for the caller alone; None when there is none."""
        with self._lock:
            return self._sessions.pop(service, None)

    def put(self, service: object, session: Session) -> None:
        """Give a session back. Raises what goes wrong when another one ends to make room."""
        with self._lock:
            ended = [one for one in (self._sessions.pop(service, None),) if one is not None]
            self._sessions[service] = session
            while len(self._sessions) > self._size:
                ended.append(self._sessions.popitem(last=False)[1])
        _close_all(ended)

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            ended, self._sessions = list(self._sessions.values()), OrderedDict()
        _close_all(ended)


def _close_all(sessions: Iterable[Session]) -> None:
    """End all of them; raises what went wrong with one."""
    with ExitStack() as endings:
        for one in sessions:
            endings.callback(one.close)
