"""The address of a service that chose its ports itself: where it answers, whatever else it listens on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from harness.base.errors import TargetError
from harness.processes.guarded_process import GuardedProcess, clean_environment
from harness.processes.own_port import wait_for_other_port, wait_until_healthy
from harness.processes.ports import listening_ports
from harness.processes.readiness import health_state
from harness.processes.service_log import ServiceLog

# Two ports: one that ends every connection, as a gRPC server does with HTTP/1, and one of HTTP with a health check
# that says the status it was started with. `first` says which of them has the lower number.
TWO_PORTS = """
import http.server, socket, sys, threading

class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()

def close_each(listener):
    while True:
        listener.accept()[0].close()

low, high = sorted((socket.create_server(("127.0.0.1", 0)) for _ in range(2)), key=lambda s: s.getsockname()[1])
grpc, web = (low, high) if sys.argv[1] == "grpc" else (high, low)
threading.Thread(target=close_each, args=(grpc,), daemon=True).start()
server = http.server.ThreadingHTTPServer(web.getsockname(), Health, bind_and_activate=False)
server.socket.close()
server.socket = web
server.serve_forever()
"""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(lower: str, status: int, log: ServiceLog, stack: ExitStack) -> GuardedProcess:
    command = [sys.executable, "-c", TWO_PORTS, lower, str(status)]
    process = GuardedProcess(command, environment=clean_environment({}), log=log)
    stack.callback(process.stop)
    return process


@pytest.mark.parametrize("lower", ["grpc", "web"])
def test_the_port_that_answers_the_health_check_is_taken(lower: str, log: ServiceLog, stack: ExitStack) -> None:
    """Not the one with the lowest number: a worker with gRPC listens on two, in an order that the system chooses."""
    base_url, missing = wait_until_healthy(start(lower, 200, log, stack), 60.0)
    assert (missing, health_state(base_url)[0]) == (None, True)


@pytest.mark.parametrize("lower", ["grpc", "web"])
def test_what_each_port_says_is_told_when_none_is_healthy(lower: str, log: ServiceLog, stack: ExitStack) -> None:
    """Who has to find out why a service is not healthy wants to see the answer of its web port, not of any one."""
    _, missing = wait_until_healthy(start(lower, 503, log, stack), 3.0)
    assert missing is not None
    assert "503" in missing
    assert missing.count("http://127.0.0.1:") == 2


@pytest.mark.parametrize("lower", ["grpc", "web"])
def test_the_other_port_is_the_one_for_grpc(lower: str, log: ServiceLog, stack: ExitStack) -> None:
    """It is the process's own, so nobody else can have taken it."""
    process = start(lower, 200, log, stack)
    base_url, _ = wait_until_healthy(process, 60.0)
    ports = {f"http://{wait_for_other_port(process, base_url, 60.0)}", base_url}
    assert ports == {f"http://127.0.0.1:{port}" for port in listening_ports(process.pid)}


def test_a_service_that_ends_serves_no_grpc(log: ServiceLog, stack: ExitStack) -> None:
    """That is said at once."""
    process = start("grpc", 200, log, stack)
    process.stop()
    with pytest.raises(TargetError, match="serves no gRPC within 60 s: it listens on no port but that of"):
        wait_for_other_port(process, "http://127.0.0.1:1", 60.0)
