"""A deadline for a whole exchange on a socket."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class Watchdog:
    """Shuts `sock` down after `seconds` (None: never), however slowly the peer keeps sending.

    A socket's own timeout starts again with every byte; this one does not.
    """

    def __init__(self, sock: socket.socket, seconds: float | None) -> None:
        self._shut_down = sock.shutdown
        self._timer = None if seconds is None else threading.Timer(max(seconds, 0.0), self.bite)
        self.bitten = False

    def bite(self) -> None:
        """Ends the exchange now: whoever reads from the socket sees its end."""
        self.bitten = True
        with contextlib.suppress(OSError):
            self._shut_down(socket.SHUT_RDWR)

    def __enter__(self) -> Watchdog:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
