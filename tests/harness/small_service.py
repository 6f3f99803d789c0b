"""A small real service whose verdict on each request is a function of the test: honest, blind, deaf or broken."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

NEEDED = {"GET": "things:list", "POST": "things:create"}


@dataclass(frozen=True)
class Call:
    """A request as the service got it."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def token(self) -> str:
        """The bearer token, or nothing."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" else ""

    @property
    def header(self) -> dict[str, Any]:
        return decoded(self.token.split(".")[0])

    @property
    def claims(self) -> dict[str, Any]:
        """What the token says, believed without a look at its signature."""
        return decoded(self.token.split(".")[1])


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = "{}"
    headers: tuple[tuple[str, str], ...] = ()


Behaviour = Callable[[Call], Answer]


def decoded(part: str) -> dict[str, Any]:
    """A part of a token as JSON."""
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


def honest(call: Call) -> Answer:
    """Looks at expiry and permission, in any claim that is a list: enough for scenarios that are about these."""
    if not call.token:
        return Answer(401, '{"error":"no credentials"}')
    if call.claims["exp"] < time.time():
        return Answer(401, '{"error":"expired"}')
    granted = [one for value in call.claims.values() if isinstance(value, list) for one in value]
    if NEEDED.get(call.method, NEEDED["GET"]) not in granted:
        return Answer(403, '{"error":"not permitted"}')
    return Answer(200 if call.method == "GET" else 201)


class SmallService:
    """Listens on a free loopback port; GET /health is always 200. `calls` is what else was asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.calls: list[Call] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # Head and body leave together: else each answer waits for a delayed ACK.

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/health":
                    return self.answer(Answer(200))
                call = Call(self.command, self.path, self.headers, body)
                service.calls.append(call)
                return self.answer(behaviour(call))

            do_POST = do_HEAD = do_DELETE = do_GET

            def answer(self, answer: Answer) -> None:
                body = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> SmallService:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
