"""The commands that talk to a server print what it says as printable text: it may be any server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

from mock_idp.cli import main

HOSTILE = "\x1b[2Jall is well\r\nsigning    k9\u202e\u2028\u200b\ud800"
SHOWN = r"\x1b[2Jall is well\r\nsigning    k9\u202e\u2028\u200b\ud800"
ANSWER = {
    **dict.fromkeys(("token", "signing", "id", "style", "issuer", "jwks_uri", "audience", "algorithm"), HOSTILE),
    "permissions_claim": HOSTILE,
    "published": [HOSTILE],
    "keys": [dict.fromkeys(("state", "kid", "name", "algorithm", "use"), HOSTILE)],
    "issuers": [dict.fromkeys(("id", "style", "issuer", "jwks_uri"), HOSTILE)],
}


@pytest.fixture(params=[200, 400])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that gives this answer to everything, with either status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            error = {"error": HOSTILE, "error_description": HOSTILE, "message": HOSTILE}
            body = json.dumps(ANSWER if request.param == 200 else error).encode()
            self.send_response(request.param)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("command", ["token", "rotate", "keys", "issuers", "tasker-config"])
def test_what_a_server_says_is_spelt_out(command: str, url: str) -> None:
    result = CliRunner().invoke(main, [command, "--url", url], env={"MOCK_IDP_URL": None})
    assert all(line.isprintable() for line in result.output.split("\n"))
    assert result.output
    if command in ("rotate", "keys", "issuers") and result.exit_code == 0:
        assert SHOWN in result.output
        assert sum(line.startswith("signing") for line in result.output.split("\n")) == (command == "rotate")
