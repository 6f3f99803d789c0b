"""Asking a server in each of the two ways in which the harness does: as a client, and with raw bytes."""

from __future__ import annotations

import threading

import pytest

from harness.wire.exchange import Connection, Exchange, Request
from harness.wire.raw import RawConnection

SECONDS = 20.0
GET = Request("GET", "/", raw=b"GET / HTTP/1.1\r\n\r\n")


def send(url: str, seconds: float = SECONDS, ended: threading.Event | None = None) -> Exchange:
    with Connection(url, ended=ended) as connection:
        return connection.send(GET, answer_seconds=seconds)


def send_raw(url: str, seconds: float = SECONDS, ended: threading.Event | None = None) -> Exchange:
    connection = RawConnection(url, seconds, ended)
    try:
        connection.send(GET.raw or b"")
        return connection.answer(GET)
    finally:
        connection.close()


both_ways = pytest.mark.parametrize("ask", [send, send_raw], ids=["wire", "raw"])
