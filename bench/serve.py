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
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from bench.load import form_request, get_request, requests_per_second

CONNECTIONS = 16
_JWKS = "/.well-known/jwks.json"
_GRANT = {"grant_type": "client_credentials", "client_id": "bench", "client_secret": "bench", "audience": "tasker-api"}
_DEADLINE_SECONDS = 20.0


def measure_serve(starts: int, load_seconds: float = 3.0) -> dict[str, float]:
    """Seconds from the start of a process to its first JWKS and RSS in MiB then (medians), and requests per second.

    The load comes from one thread on the same cores, which takes a part of what they can do.
    """
    times, sizes, rates = [], [], {}
    for number in range(starts):
        with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
            started = time.perf_counter()
            process = _start(Path(folder) / "ready")
            try:
                host, port = _wait(Path(folder) / "ready", process)
                _fetch_keys(host, port)
                times.append(time.perf_counter() - started)
                sizes.append(psutil.Process(process.pid).memory_info().rss / 2**20)
                if number == starts - 1:
                    rates = {
                        name: requests_per_second(host, port, request, CONNECTIONS, load_seconds)
                        for name, request in (
                            ("jwks_per_s", get_request(_JWKS, host)),
                            ("tokens_per_s", form_request("/oauth/token", host, _GRANT)),
                        )
                    }
            finally:
                process.terminate()
                process.wait()
    return {
        "starts": starts,
        "first_jwks_s": statistics.median(times),
        "slowest_first_jwks_s": max(times),
        "rss_mib": statistics.median(sizes),
        "connections": CONNECTIONS,
        **rates,
    }


def _start(ready: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mock_idp", "serve", "--style", "auth0", "--port", "0", "--quiet"]
    return subprocess.Popen([*command, "--ready-file", str(ready)])


def _wait(ready: Path, process: subprocess.Popen[bytes]) -> tuple[str, int]:
    """Host and port, once the server says that it is ready."""
    pause, deadline = threading.Event(), time.monotonic() + _DEADLINE_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"mock-idp serve is not ready; exit status {process.poll()}")
        pause.wait(0.001)
    url = urlsplit(json.loads(ready.read_text())["url"])
    return url.hostname or "", url.port or 80


def _fetch_keys(host: str, port: int) -> None:
    connection = http.client.HTTPConnection(host, port)
    connection.request("GET", _JWKS)
    assert json.loads(connection.getresponse().read())["keys"]
    connection.close()
