"""An address that belongs to the attacker: whoever calls it has followed something a token or an answer told them."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class AttackerListener:
    """Listens on a free loopback port and remembers the paths that were asked for.

    Each cell uses a path of its own, so that a late call is still counted against the cell that caused it. Below a
    path that was baited it serves the attacker's keys, so that who follows is not only seen but also let down.
    """

    def __init__(self) -> None:
        self._hits: list[str] = []
        self._baits: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, content_type, body = listener._answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_POST = do_HEAD = do_PUT = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing: the hits are the log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.port: int = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="attacker", daemon=True
        )
        self._thread.start()

    def bait(self, prefix: str, jwk: Mapping[str, Any]) -> None:
        """Serve a key below `prefix`: as JWKS, as PEM certificate where the path ends so, and with metadata."""
        with self._lock:
            self._baits[prefix] = jwk

    def hits(self, prefix: str) -> list[str]:
        """The paths below `prefix` that were asked for so far."""
        with self._lock:
            return [path for path in self._hits if path.startswith(prefix)]

    def _answer(self, path: str) -> tuple[int, str, bytes]:
        with self._lock:
            self._hits.append(path)
            prefix, jwk = next(((at, jwk) for at, jwk in self._baits.items() if path.startswith(at)), ("", None))
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
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
