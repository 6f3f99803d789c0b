"""Waiting for a service that has no health check of its own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from harness.targets.wait_for import main


def test_a_healthy_service_ends_the_waiting() -> None:
    """However often it had to be asked."""
    answers = [503, 503, 200]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            assert main(f"http://127.0.0.1:{server.server_port}", 30) == 0
        finally:
            server.shutdown()
            thread.join()
    assert answers == []


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and what came last."""
    assert main("http://127.0.0.1:9", 0) == 1
    assert "Connection refused" in capsys.readouterr().err
