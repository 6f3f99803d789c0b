"""One contender as a process: started on a free port, awaited with a deadline, ended."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psutil

from bench.contenders import Contender

_DEADLINE_SECONDS = 30.0
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A server that has served its keys. `first_jwks_s` is how long that took from the start of its process."""

    port: int
    first_jwks_s: float
    rss_mib: float

    @property
    def base(self) -> str:
        """Its URL, without a slash at the end."""
        return f"http://{_HOST}:{self.port}"


@contextmanager
def running(contender: Contender) -> Iterator[Running]:
    """Start a contender, and end it. Raises RuntimeError when it doesn't serve its keys in time."""
    port = _free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        contender.command(port), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_keys(contender, port, process)
        seconds = time.perf_counter() - started
        yield Running(port, seconds, psutil.Process(process.pid).memory_info().rss / 2**20)
    finally:
        process.terminate()
        try:
            process.wait(_DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_keys(contender: Contender, port: int, process: subprocess.Popen[bytes]) -> None:
    pause, deadline = threading.Event(), time.monotonic() + _DEADLINE_SECONDS
    last = "none"
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(_HOST, port, timeout=_DEADLINE_SECONDS)
        with closing(connection), suppress(OSError):
            connection.request("GET", contender.jwks)
            answer = connection.getresponse()
            body, last = answer.read(), str(answer.status)
            if answer.status == 200 and json.loads(body)["keys"]:
                return
        pause.wait(0.001)
    raise RuntimeError(f"{contender.name} does not serve its keys; exit status {process.poll()}, last answer {last}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_HOST, 0))
        return int(free.getsockname()[1])
