"""A server whose answers never end: it sends a beginning, then one piece again and again."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

SECONDS = 20.0


class DrippingServer:
    """Answers each connection with `beginning`, then with `piece` every `pause` seconds, or without pause."""

    def __init__(self, beginning: bytes, piece: bytes, pause: float = 0.02) -> None:
        self._beginning, self._piece, self._pause = beginning, piece, pause
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._sockets: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.dripping = threading.Event()
        self._threads[0].start()

    def __enter__(self) -> DrippingServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for one in (self._listener, *self._sockets):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # The other side was quicker.
            finally:
                one.close()
        for thread in self._threads:
            thread.join(SECONDS)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            connection.sendall(self._beginning)
            while not self._ended.wait(self._pause):
                connection.sendall(self._piece)
                self.dripping.set()
        except OSError:
            return  # The client has gone, or the test is over.
        finally:
            connection.close()
