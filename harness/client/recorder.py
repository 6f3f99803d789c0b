"""A service that writes down what a client sends, whatever it is, and answers with 200."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from harness.client.grpc_recorder import GrpcRecorder
from harness.shown.foreign_text import ForeignText
from harness.wire.grpc_library import why_not_installed

HTTP, HTTP2, GRPC = "http/1.1", "http/2", "grpc"
# Who calls is somebody's program, which may hang, or call for ever.
_SECONDS = 10.0
_MOST_BODY = 1024 * 1024
_MOST_CALLS = 1000
# RFC 9113 §3.4: how a connection begins that speaks HTTP/2, as gRPC does.
_PREFACE = b"PRI * HTTP/2.0\r\n"
# As much of the rest as is there already.
_PREFACE_REST = 65536


@dataclass(frozen=True)
class Call:
    """A request as it came to an API. `headers` are in their order, with their names as they were written."""

    api: str
    transport: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: ForeignText

    @property
    def path(self) -> str:
        return urlsplit(self.target).path or "/"

    def values(self, name: str) -> list[str]:
        """The values of the headers of this name."""
        return [value for one, value in self.headers if one.lower() == name.lower()]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that hangs up is none of our problems."""


class Recorder:
    """Listens on a free loopback port as the API `name`. `answers` are bodies by their paths; others get `{}`."""

    def __init__(self, name: str, answers: Mapping[str, str]) -> None:
        self.name = name
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = _SECONDS

            def parse_request(self) -> bool:
                if bytes(self.raw_requestline) == _PREFACE:
                    self.close_connection = True
                    recorder._speak_http2(self)
                    return False
                return super().parse_request()

            def __getattr__(self, method: str) -> Any:
                if method.startswith("do_"):
                    return self._answer
                raise AttributeError(method)

            def _answer(self) -> None:
                headers = tuple((str(one), str(value)) for one, value in self.headers.items())
                recorder._add(Call(name, HTTP, self.command, self.path, headers, self._body()))
                data = answers.get(urlsplit(self.path).path, "{}").encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            def _body(self) -> ForeignText:
                length = self.headers.get("Content-Length", "0")
                if not (length.isascii() and length.isdigit() and int(length) <= _MOST_BODY):
                    self.close_connection = True  # Chunked, or too long: nobody asks what it says.
                    return ForeignText(b"")
                return ForeignText(self.rfile.read(int(length)))

            def log_message(self, *_: object) -> None:
                """Nothing: what came is in the record."""

        self._grpc: GrpcRecorder | None = None
        self._spoke_http2 = False
        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def _add(self, call: Call) -> None:
        with self._lock:
            if len(self._calls) < _MOST_CALLS:
                self._calls.append(call)

    def _speak_http2(self, handler: BaseHTTPRequestHandler) -> None:
        """Hand a connection that begins like HTTP/2 on to a gRPC server, where that can be had."""
        self._spoke_http2 = True
        if why_not_installed():
            return
        with self._lock:
            self._grpc = self._grpc or GrpcRecorder(self._add_call)
        rest = handler.rfile.read1(_PREFACE_REST) if isinstance(handler.rfile, BufferedReader) else b""
        self._grpc.serve(handler.connection, _PREFACE + rest)

    def _add_call(self, path: str, metadata: tuple[tuple[str, str], ...], message: ForeignText) -> None:
        self._add(Call(self.name, GRPC, "POST", path, metadata, message))

    @property
    def calls(self) -> list[Call]:
        """What has come so far; HTTP/2 without any call over gRPC is a call of which nothing is known."""
        with self._lock:
            unread = self._spoke_http2 and not any(one.transport == GRPC for one in self._calls)
            return [*self._calls, *([Call(self.name, HTTP2, "", "", (), ForeignText(b""))] if unread else [])]

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._grpc is not None:
            self._grpc.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
