"""`mock-idp healthcheck`."""

from __future__ import annotations

import os
import subprocess
import sys

from server_process import ServerProcess


def healthcheck(*arguments: str, **environ: str) -> tuple[int, str]:
    """Its exit status and what it says."""
    command = [sys.executable, "-m", "mock_idp", "healthcheck", *arguments]
    clean = {name: text for name, text in os.environ.items() if not name.startswith("MOCK_IDP_")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=clean | environ)
    return done.returncode, done.stdout + done.stderr


def test_a_server_is_healthy() -> None:
    """Settings from the environment, as in a container; the control token is not needed."""
    with ServerProcess("--algorithm", "ES256", environ={"MOCK_IDP_CONTROL_TOKEN": "sesame"}) as server:
        assert healthcheck(MOCK_IDP_PORT=str(server.port), MOCK_IDP_HOST="0.0.0.0") == (0, "ready\n")


def test_a_server_with_tls_is_healthy() -> None:
    """Whoever made its certificate."""
    with ServerProcess("--algorithm", "ES256", "--tls-host", "idp.test") as server:
        assert healthcheck("--port", str(server.port), "--tls") == (0, "ready\n")
        assert healthcheck("--port", str(server.port), MOCK_IDP_TLS_HOSTS="idp.test") == (0, "ready\n")


def test_nobody_there_is_not_healthy() -> None:
    """Exit status 1, which is what engines take for unhealthy."""
    status, said = healthcheck("--port", "9")
    assert status == 1
    assert said.startswith("not ready: ")
