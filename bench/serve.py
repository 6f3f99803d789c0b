"""`mock-idp serve` from a cold start, and under load from the same machine."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psutil

_LOAD_SECONDS = 3.0
_DEADLINE_SECONDS = 20.0


def measure_serve(starts: int) -> dict[str, float]:
    """Seconds to the first JWKS (median of cold processes), RSS in MiB, and requests per second under load.

    The load comes from Python threads on the same cores: it is a lower bound of what the server does.
    """
    times = []
    for number in range(starts):
        with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
            ready = Path(folder) / "ready"
            started = time.perf_counter()
            process = _start(ready)
            try:
                url = _wait(ready, process)
                connection = http.client.HTTPConnection(urlsplit(url).netloc)
                connection.request("GET", "/.well-known/jwks.json")
                assert connection.getresponse().read().startswith(b"{")
                times.append(time.perf_counter() - started)
                connection.close()
                if number == starts - 1:
                    rss = psutil.Process(process.pid).memory_info().rss / 2**20
                    jwks = _per_second(url, 16, lambda c: c.request("GET", "/.well-known/jwks.json"))
                    tokens = _per_second(url, 4, _ask_for_token)
            finally:
                process.terminate()
                process.wait()
    return {
        "first_jwks_s": statistics.median(times),
        "rss_mib": rss,
        "jwks_per_s": jwks,
        "tokens_per_s": tokens,
    }


def _start(ready: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mock_idp", "serve", "--style", "auth0", "--port", "0", "--quiet"]
    return subprocess.Popen([*command, "--ready-file", str(ready)])


def _wait(ready: Path, process: subprocess.Popen[bytes]) -> str:
    pause, deadline = threading.Event(), time.monotonic() + _DEADLINE_SECONDS
    while not (ready.exists() and ready.read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"mock-idp serve is not ready; exit status {process.poll()}")
        pause.wait(0.001)
    return str(json.loads(ready.read_text())["url"])


def _ask_for_token(connection: http.client.HTTPConnection) -> None:
    body = json.dumps(
        {"grant_type": "client_credentials", "client_id": "bench", "client_secret": "bench", "audience": "tasker-api"}
    )
    connection.request("POST", "/oauth/token", body, {"Content-Type": "application/json"})


def _per_second(url: str, connections: int, ask: Callable[[http.client.HTTPConnection], None]) -> float:
    counts = [0] * connections
    end = time.perf_counter() + _LOAD_SECONDS

    def work(number: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        while time.perf_counter() < end:
            ask(connection)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / _LOAD_SECONDS
