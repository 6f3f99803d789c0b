"""An address that belongs to the attacker: whoever calls it has followed something a token or an answer told them."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness.base.errors import HarnessError
from harness.wire.timed_socket import Deadline

# Who calls is the service under test, which may hang, or call for ever.
MAX_CONNECTIONS = 256
MAX_HITS = 100  # Of one cell, and of all paths that belong to none.
_SECONDS = 10.0  # For a call as a whole.
_LONGEST_PATH = 2000
_MAX_BODY = 64 * 1024


class _Server(ThreadingHTTPServer):
    """Serves at most so many connections at once; those beyond are closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(("127.0.0.1", 0), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is none of our problems."""


class _UntilDeadline(socket.SocketIO):
    """What comes on a connection, until the time for all of it is over."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        super().__init__(connection, "r")
        self._connection, self._deadline = connection, deadline

    def readinto(self, buffer: Any) -> int | None:
        self._connection.settimeout(self._deadline.left())
        return super().readinto(buffer)


class AttackerListener:
    """Listens on a free loopback port, once somebody has asked for it, and remembers the paths that were asked for.

    Each cell uses a path of its own, so that a late call is still counted against the cell that caused it. Below a
    path that was baited it serves the attacker's keys, so that who follows is not only seen but also let down.
    """

    def __init__(self) -> None:
        self._hits: list[str] = []
        self._counts: Counter[str] = Counter()
        self._baits: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                self.rfile = io.BufferedReader(_UntilDeadline(self.connection, Deadline(_SECONDS)))

            def do_GET(self) -> None:
                self._read_body()
                status, content_type, body = listener._answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def _read_body(self) -> None:
                """Take what was sent, as long as it is no more than a call would send: else the answer may get lost."""
                length = self.headers.get("Content-Length", "0")
                if length.isascii() and length.isdigit() and len(length) < 9:
                    self.rfile.read(min(int(length), _MAX_BODY))

            do_POST = do_HEAD = do_PUT = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing: the hits are the log."""

        self._handler = Handler
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._starting, self._is_over = threading.Lock(), False

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Where it listens, from the first time on that somebody asks: most cells tempt nobody.

        Raises `HarnessError` after its end.
        """
        with self._starting:
            if self._is_over:
                raise HarnessError("the run was ended")
            if self._server is None:
                self._server = _Server(self._handler)
                self._thread = threading.Thread(
                    target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="attacker", daemon=True
                )
                self._thread.start()
            return int(self._server.server_port)

    def bait(self, prefix: str, jwk: Mapping[str, Any]) -> None:
        """Serve a key below `prefix`: as JWKS, as PEM certificate where the path ends so, and with metadata."""
        with self._lock:
            self._baits[prefix] = jwk

    def hits(self, prefix: str) -> list[str]:
        """The paths below `prefix` that were asked for so far; of many the first ones."""
        with self._lock:
            return [path for path in self._hits if path.startswith(prefix)]

    def _answer(self, path: str) -> tuple[int, str, bytes]:
        with self._lock:
            prefix, jwk = next(((at, jwk) for at, jwk in self._baits.items() if path.startswith(at)), ("", None))
            self._counts[prefix] += 1
            if self._counts[prefix] <= MAX_HITS:
                self._hits.append(path[:_LONGEST_PATH])
        if jwk is None:
            return 404, "text/plain", b""
        if "/.well-known/" in path and not path.endswith("/jwks.json"):
            issuer = self.url + prefix
            metadata = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks.json", "token_endpoint": f"{issuer}/token"}
            return 200, "application/json", json.dumps(metadata).encode()
        if path.endswith((".pem", ".crt", ".cer")) and jwk.get("x5c"):
            pem = f"-----BEGIN CERTIFICATE-----\n{jwk['x5c'][0]}\n-----END CERTIFICATE-----\n"
            return 200, "application/x-pem-file", pem.encode()
        return 200, "application/json", json.dumps({"keys": [jwk]}).encode()

    def close(self) -> None:
        with self._starting:
            if self._server is not None and self._thread is not None:
                self._server.shutdown()
                self._server.server_close()
                self._thread.join()
            self._server, self._thread, self._is_over = None, None, True
