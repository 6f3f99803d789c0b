"""Calls a WSGI app (PEP 3333), each request in a thread of its own, as threaded servers do."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from harness.in_process.app_log import AppLog
from harness.in_process.incoming import Incoming
from harness.in_process.pending import Pending

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
# A thread that still waits for something then is left alone: it ends with the process.
_LAST_SECONDS = 2.0


class WsgiServing:
    """A WSGI app that is called. `host` is what it is called by."""

    def __init__(self, app: WsgiApp, log: AppLog, host: str) -> None:
        self._app, self._log, self._host = app, log, host
        self._threads: set[threading.Thread] = set()

    def begin(self, request: Incoming) -> Pending:
        """Let the app answer; doesn't wait for it."""
        pending = Pending(request.method)
        thread = threading.Thread(target=self._serve, args=(request, pending), name="wsgi-call", daemon=True)
        self._threads.add(thread)
        thread.start()
        return pending

    def stop(self) -> None:
        """Wait a moment for what still runs."""
        for thread in list(self._threads):
            thread.join(_LAST_SECONDS)

    def _serve(self, request: Incoming, pending: Pending) -> None:
        try:
            with self._log.serving():
                self._call(request, pending)
            pending.end()
        except BaseException as problem:  # SystemExit too: a server goes on, or starts another worker.
            self._log.exception(problem)
            pending.fail()
        finally:
            self._threads.discard(threading.current_thread())

    def _call(self, request: Incoming, pending: Pending) -> None:
        def write(data: bytes) -> None:
            pending.add(data)

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo | None = None
        ) -> Callable[[bytes], None]:
            if exc_info is not None and pending.has_begun:
                raise exc_info[1]
            fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            pending.start(int(status.partition(" ")[0]), fields)
            return write

        result = self._app(self._environ(request), start_response)
        try:
            for piece in result:
                pending.add(piece)
                if pending.is_over:
                    break
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()

    def _environ(self, request: Incoming) -> dict[str, Any]:
        target = str(request.target, "latin-1")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": str(request.path, "latin-1"),
            "QUERY_STRING": str(request.query, "latin-1"),
            "REQUEST_URI": target,
            "RAW_URI": target,
            "SERVER_NAME": self._host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": request.peer[0],
            "REMOTE_PORT": str(request.peer[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": self._log.errors,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers:
            if b"_" in name:  # It would be another field's name here; servers leave it out.
                continue
            key = str(name, "ascii").upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            text = str(value, "latin-1")
            # Fields of one name count as one with commas (RFC 9110 §5.3, RFC 3875 §4.1.18).
            environ[key] = f"{environ[key]},{text}" if key in environ else text
        return environ
