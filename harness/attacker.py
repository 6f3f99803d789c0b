"""An address that belongs to the attacker: whoever calls it has followed something a token told them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class AttackerListener:
    """Listens on a free loopback port and remembers the paths that were asked for.

    Each cell uses a path of its own, so that a late call is still counted against the cell that caused it.
    """

    def __init__(self) -> None:
        self._hits: list[str] = []
        self._lock = threading.Lock()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with listener._lock:
                    listener._hits.append(self.path)
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_HEAD = do_PUT = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing: the hits are the log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="attacker", daemon=True
        )
        self._thread.start()

    def hits(self, prefix: str) -> list[str]:
        """The paths below `prefix` that were asked for so far."""
        with self._lock:
            return [path for path in self._hits if path.startswith(prefix)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
