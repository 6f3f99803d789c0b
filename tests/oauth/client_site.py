"""A web server of a client: for the document about it, and for its keys."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from relying_party import CALLBACK


class Site:
    """What it answers at which path, and what it was asked."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []

    def publish(self, path: str = "/client.json", **members: Any) -> str:
        """A document about a client; its URL."""
        url = self.url + path
        usual = {"client_id": url, "client_name": "Mine", "redirect_uris": [CALLBACK]}
        document = {"token_endpoint_auth_method": "none", **usual, **members}
        self.answer(path, json.dumps(document).encode())
        return url

    def answer(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """What a path is answered with from now on; its URL."""
        self.answers[path] = status, headers, body
        return self.url + path


@contextmanager
def site_server() -> Iterator[ThreadingHTTPServer]:
    """A server whose `site` is the one that answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site: Site = self.server.site  # type: ignore[attr-defined]
            site.asked.append(self.path)
            status, headers, body = site.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                **headers,
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
