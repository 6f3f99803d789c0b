"""The tasks idp-up, idp-logs and idp-down, by cargo-make."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_look import docker

from harness.processes.ports import free_port
from harness.processes.readiness import health_state, wait_until

ROOT = Path(__file__).parents[2]
MAKERS = shutil.which("makers")
SECONDS = 180
START_SECONDS = 60.0
pytestmark = pytest.mark.skipif(MAKERS is None, reason="cargo-make is not installed: .ci/cargo-make")


class Tasks:
    """cargo-make with a Compose project and a port of its own. The image is there, so no task builds it."""

    def __init__(self, image: str) -> None:
        self.port = free_port()
        self.project = f"idp-makefile-{secrets.token_hex(4)}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_IDP_")}
        self._environment = clean | {
            "COMPOSE_PROJECT_NAME": self.project,
            "MOCK_IDP_HOST_PORT": str(self.port),
            "MOCK_IDP_IMAGE": image,
        }

    def run(self, task: str) -> str:
        """What a task prints; it has to succeed."""
        command = [str(MAKERS), "--disable-check-for-updates", "--skip-tasks", "docker-build.*", task]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def left(self) -> list[str]:
        """The containers and networks of the project."""
        label = f"label=com.docker.compose.project={self.project}"
        return [*docker("ps", "-aq", "--filter", label), *docker("network", "ls", "-q", "--filter", label)]


@pytest.fixture
def tasks(mock_idp_image: str) -> Iterator[Tasks]:
    tasks = Tasks(mock_idp_image)
    yield tasks
    tasks.run("idp-down")


def test_the_container_answers_until_idp_down(tasks: Tasks) -> None:
    """On the port of this machine that was named; its log can be read, and nothing of it is left afterwards."""
    tasks.run("idp-up")
    url = f"http://127.0.0.1:{tasks.port}"

    def missing() -> str | None:
        healthy, state = health_state(url, "/_mock/health")
        return None if healthy else state

    pause = threading.Event()  # Nothing ends it: the wait is for the answer, with a deadline.
    assert wait_until(missing, pause.wait, START_SECONDS) is None
    assert "mock-idp" in tasks.run("idp-logs")
    tasks.run("idp-down")
    assert tasks.left() == []
