"""The reference service on a real socket: threaded, HTTP/1.1 with keep-alive, quick to start and to stop.

Werkzeug's development server is not used because it closes the connection after every answer, and a service
that authenticates connections instead of requests can only be told apart on one that is kept.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import socketserver
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Final

from flask import current_app, has_app_context

from harness.reference.app import ReferenceApp, build_app
from harness.reference.clock import Clock
from harness.reference.connection import ConnectionHandler
from harness.reference.known_faults import mixins
from harness.reference.parts import Parts
from harness.reference.settings import ReferenceSettings

if TYPE_CHECKING:
    from harness.reference.grpc_server import GrpcServer

# How long `stop` waits for a connection whose request is stuck, in seconds.
STOP_SECONDS: Final = 1.0


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], app: ReferenceApp, handler: type[ConnectionHandler]) -> None:
        self.app = app
        self.errors: list[BaseException] = []
        self._changed = threading.Condition()
        self._connections: set[socket.socket] = set()
        self._wake, self._over = socket.socketpair()
        super().__init__(address, handler)

    def serve(self) -> None:
        """Accepts connections until `end`. Unlike `serve_forever` it waits for events, not for the clock."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            selector.register(self._over, selectors.EVENT_READ)
            while all(ready.fileobj is self.socket for ready, _ in selector.select()):
                with contextlib.suppress(OSError):
                    self.process_request(*self.get_request())

    def end(self) -> None:
        """Lets `serve` return."""
        self._wake.close()

    def server_close(self) -> None:
        """Closes the listening socket, bound or not."""
        super().server_close()
        self._wake.close()
        self._over.close()

    def opened(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.discard(connection)
            self._changed.notify_all()

    def close_connections(self) -> None:
        with self._changed:
            for connection in self._connections:
                ConnectionHandler.hang_up(connection)
            self._changed.wait_for(lambda: not self._connections, STOP_SECONDS)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keeps the error of a handler thread for the caller instead of printing it."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.errors.append(error)


class ReferenceServer:
    """One reference service, with the named faults, listening on `host` and `port` (0: any free one)."""

    def __init__(
        self,
        settings: ReferenceSettings,
        faults: Sequence[str] = (),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        """Raises `SettingsError` or `UnknownFault` for what cannot be built; nothing is bound yet."""
        self._parts = parts = Parts(mixins(faults))
        self._grpc: GrpcServer | None = None
        self.app = build_app(settings, parts, clock)
        self._handler = parts.of(ConnectionHandler)
        self._address = (host, port)
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Lock()

    def start(self) -> ReferenceServer:
        """Binds in the caller's thread (a busy port raises `OSError` here) and serves in one of its own."""
        listener = _Listener(self._address, self.app, self._handler)
        thread = threading.Thread(target=listener.serve, name="reference-server", daemon=True)
        try:
            thread.start()
        except BaseException:  # No thread is to be had.
            listener.server_close()
            raise
        self._listener, self._thread = listener, thread
        if self.app.settings.grpc_enabled:
            try:
                self._start_grpc()
            except BaseException:
                self.stop()
                raise
        return self

    def _start_grpc(self) -> None:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # Else the library, once it is loaded, writes to the terminal.
        from harness.reference.grpc_gate import GrpcGate  # Here, for nobody else has to have grpcio.
        from harness.reference.grpc_listener import GrpcListener
        from harness.reference.grpc_methods import METHODS
        from harness.reference.grpc_server import GrpcServer

        settings = self.app.settings
        gate = self._parts.of(GrpcGate)(self.app.gate, self.app.replies)
        listener = self._parts.of(GrpcListener)(f"{self._address[0]}:{settings.grpc_port}", settings)
        self._grpc = GrpcServer(self.app, gate, METHODS.get(settings.service, ()), listener)

    @property
    def port(self) -> int:
        """The port that is really bound."""
        assert self._listener is not None, "start() comes first"
        return int(self._listener.server_address[1])

    @property
    def base_url(self) -> str:
        """`http://host:port`, without a slash at the end."""
        return f"http://{self._address[0]}:{self.port}"

    @property
    def grpc_address(self) -> str | None:
        """HOST:PORT of its gRPC server; None without one."""
        return self._grpc.address if self._grpc is not None else None

    @property
    def errors(self) -> tuple[BaseException, ...]:
        """What went wrong in handler threads outside any request: a bug of this package."""
        return tuple(self._listener.errors) if self._listener is not None else ()

    def is_serving(self) -> bool:
        """Whether the calling thread is at one of this server's requests."""
        return has_app_context() and current_app == self.app

    def stop(self) -> None:
        """Ends the listener, the fetches and the connections; waits until they are gone. Idempotent, in any thread."""
        with self._stopping:
            if self._listener is None or self._thread is None:
                return
            if self._grpc is not None:
                self._grpc.stop()
            try:
                self._listener.end()
                self._thread.join()
            finally:
                self._thread = None
                self._listener.server_close()
                self.app.close()
                self._listener.close_connections()

    def __enter__(self) -> ReferenceServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
