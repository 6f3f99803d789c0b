"""Waiting for a service ends with its answer, its end, or the deadline, and says what it saw last."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest
from target_issuer import Issuer

from harness.processes import ports
from harness.processes.readiness import health_state, wait_until


def never(seconds: float) -> bool:
    return threading.Event().wait(seconds)


def after(calls: int) -> Callable[[], str | None]:
    """A check that is satisfied at that call."""
    left = [f"{number} to go" for number in range(calls, 1, -1)]
    return lambda: left.pop(0) if left else None


def test_200_is_healthy(issuer: Issuer) -> None:
    healthy, _ = health_state(f"http://127.0.0.1:{issuer.port}")
    assert healthy


def test_the_path_is_asked_below_the_base_url(issuer: Issuer) -> None:
    health_state(f"http://127.0.0.1:{issuer.port}/base/", "/health/below")
    assert "/base/health/below" in issuer.requests


def test_a_proxy_of_the_environment_is_not_used(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{ports.free_port()}")
    healthy, _ = health_state(f"http://127.0.0.1:{issuer.port}")
    assert healthy


def test_a_refused_connection_is_told() -> None:
    healthy, state = health_state(f"http://127.0.0.1:{ports.free_port()}")
    assert (healthy, "refused" in state) == (False, True)


def test_an_answer_that_is_no_http_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0-something\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        healthy, state = health_state(f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()
    assert (healthy, "SSH-2.0" in state) == (False, True)


def test_waiting_ends_when_nothing_is_missing() -> None:
    assert wait_until(after(3), never, 5.0) is None


def test_waiting_ends_with_what_was_missing_when_the_process_ended() -> None:
    assert wait_until(lambda: "no answer", lambda _: True, 5.0) == "no answer"


def test_waiting_ends_with_what_was_missing_at_the_deadline() -> None:
    assert wait_until(lambda: "no answer", never, 0.0) == "no answer"
