"""Load from one thread that does little else: as many connections as asked for, each with one request at a time."""

from __future__ import annotations

import base64
import re
import selectors
import socket
import time
from collections.abc import Mapping
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def get_request(path: str, host: str) -> bytes:
    """A GET as it is sent; `host` is the Host header."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def form_request(path: str, host: str, form: Mapping[str, str], basic: tuple[str, str] | None = None) -> bytes:
    """A POST of a form as it is sent, with Basic credentials if there are any."""
    body = urlencode(form)
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/x-www-form-urlencoded"]
    if basic:
        head.append(f"Authorization: Basic {base64.b64encode(':'.join(basic).encode()).decode()}")
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", body]).encode()


def requests_per_second(host: str, port: int, request: bytes, connections: int, seconds: float) -> float:
    """Send `request` over and over for so many seconds, on connections that stay open.

    Raises RuntimeError for an answer that isn't 200 or doesn't tell its length.
    """
    answered = 0
    with selectors.DefaultSelector() as selector:
        sockets = [socket.create_connection((host, port)) for _ in range(connections)]
        try:
            for one in sockets:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(one, selectors.EVENT_READ, bytearray())
                one.sendall(request)
            started = now = time.perf_counter()
            while now - started < seconds:
                for key, _ in selector.select(1):
                    key.data.extend(key.fileobj.recv(65536))  # type: ignore[union-attr]
                    if _is_complete(key.data):
                        answered += 1
                        key.data.clear()
                        key.fileobj.sendall(request)  # type: ignore[union-attr]
                now = time.perf_counter()
        finally:
            for one in sockets:
                one.close()
    return answered / (now - started)


def _is_complete(answer: bytearray) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        if not answer:
            raise RuntimeError("the server closed a connection")
        return False
    length = _LENGTH.search(answer, 0, end)
    if length is None or not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"unexpected answer: {bytes(answer[:200])!r}")
    return len(answer) >= end + 4 + int(length[1])
