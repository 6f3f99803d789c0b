"""A server on a raw socket: keeps the bytes of each request as they came, and answers as the test says."""

from __future__ import annotations

import re
import socket
import threading
from types import TracebackType

SECONDS = 20.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
# Answers that are none: the connection is closed, or nothing comes until the server ends.
CLOSE, SILENCE = b"<close>", b"<silence>"


class RawServer:
    """Answers the n-th request with the n-th answer, the last one again and again; `requests` is what came.

    An answer that ends in CLOSE is sent, and the connection closed after it.
    """

    def __init__(self, *answers: bytes) -> None:
        self._answers = answers or (OK,)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._accept)]
        self._sockets: list[socket.socket] = []
        self.requests: list[bytes] = []
        self.closed = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads[0].start()

    @property
    def connections(self) -> int:
        return len(self._sockets)

    def wait_until_closed(self, count: int = 1) -> None:
        """Until the server has closed that many connections."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.closed >= count, SECONDS), f"{self.closed} closed, not {count}"

    def __enter__(self) -> RawServer:
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
            while request := self._read(connection):
                answer = self._answers[min(len(self.requests), len(self._answers) - 1)]
                self.requests.append(request)
                if answer == SILENCE:
                    self._ended.wait(SECONDS)
                    return
                connection.sendall(answer.removesuffix(CLOSE))
                if answer.endswith(CLOSE):
                    return
        except OSError:
            return  # The client has gone, or the test is over.
        finally:
            connection.close()
            with self._changed:
                self.closed += 1
                self._changed.notify_all()

    def _read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body
