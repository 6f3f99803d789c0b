"""A small HTTP/1.1 server for WSGI applications inside a test process: a thread per connection, nothing on disk.

It binds in the thread that makes it, says which port it got, and ends at once: no polling, no sleeping. Where there are
as many connections as it takes, the one that has waited for its client longest makes room for a new one.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from mock_idp.http11.connection import HttpConnection
from mock_idp.http11.limits import USUAL_LIMITS, HttpLimits

if TYPE_CHECKING:
    from ssl import SSLContext

    from _typeshed.wsgi import WSGIApplication

_BACKLOG = 1024
_JOIN_SECONDS = 2.0
# What may still be on its way out when the next one comes in.
_LEAVING = 256
# No file or thread is left; before long one may be.
_BREATHER_SECONDS = 0.05


class HttpServer:
    """Listens on `host` and `port` (0: a free one) at once, and answers from the moment `start` is called.

    With `tls` it speaks TLS only. Raises OSError when the address cannot be bound.
    """

    def __init__(self, host: str, port: int, tls: SSLContext | None = None, limits: HttpLimits = USUAL_LIMITS) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self.host = host
        self._tls = tls
        self._limits = limits
        self.port: int = self._listener.getsockname()[1]
        self._wake, self._waker = socket.socketpair()
        self._lock = Lock()
        self._connections: dict[HttpConnection, Thread] = {}
        self._leaving: dict[HttpConnection, Thread] = {}
        self._closing = False
        self._ended = Event()
        self._acceptor: Thread | None = None

    def start(self, application: WSGIApplication, on_error: Callable[[BaseException], None]) -> None:
        """Begin to answer; connections made since the binding have waited for it.

        `on_error` gets every exception that escapes the application.
        """
        self._application, self._on_error = application, on_error
        acceptor = Thread(target=self._accept, name=f"http-server-{self.port}", daemon=True)
        acceptor.start()
        self._acceptor = acceptor  # Not one that could not be had: `close` waits for its end.

    def close(self) -> None:
        """Stop listening, end all connections, and wait for their threads. Safe to call twice."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
        self._ended.set()
        self._waker.close()
        if self._acceptor is not None:
            self._acceptor.join()
        self._listener.close()
        self._wake.close()
        with self._lock:
            left = {**self._connections, **self._leaving}
        for connection in left:
            connection.shut_down()
        for thread in left.values():
            thread.join(_JOIN_SECONDS)

    def _accept(self) -> None:
        self._listener.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while not self._closing:
                selector.select()
                # Until nobody is waiting any more; the accept that finds nobody ends the loop.
                try:
                    while not self._closing:
                        self._begin(*self._listener.accept())
                except (BlockingIOError, ConnectionError):
                    pass
                except (OSError, RuntimeError):
                    # Those who wait for their clients hold what is missing.
                    self._make_room()
                    self._ended.wait(_BREATHER_SECONDS)

    def _begin(self, sock: socket.socket, peer: tuple[str, int]) -> None:
        """Serve a new connection. Raises RuntimeError when no thread is to be had."""
        with self._lock:
            is_full = len(self._connections) >= self._limits.connections
        if is_full and not self._make_room():
            sock.close()
            return
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ours = self.host, self.port
        connection = HttpConnection(sock, peer[:2], ours, self._application, self._on_error, self._tls, self._limits)
        thread = Thread(target=self._serve, args=(connection,), name=f"http-{peer[1]}", daemon=True)
        with self._lock:
            self._connections[connection] = thread
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                del self._connections[connection]
            sock.close()
            raise

    def _make_room(self) -> bool:
        """End the connection that has waited for its client longest; whether there was one."""
        with self._lock:
            waiting = [connection for connection in self._connections if connection.waits]
            if not waiting or len(self._leaving) >= _LEAVING:
                return False
            longest = min(waiting, key=lambda connection: connection.since)
            self._leaving[longest] = self._connections.pop(longest)
        longest.shut_down()
        return True

    def _serve(self, connection: HttpConnection) -> None:
        try:
            connection.serve()
        finally:
            with self._lock:
                self._connections.pop(connection, None)
                self._leaving.pop(connection, None)
