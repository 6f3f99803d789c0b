"""The images, built once for all tests of a run; no engine, no tests."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD_SECONDS = 600
REQUIRED = "IDP_HARNESS_REQUIRE_DOCKER"
NO_BASE = 3  # The status of docker/build without an engine or a base image.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here need an engine."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("docker")


def _cannot(reason: str) -> None:
    """Skip, or fail where an engine has to be."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{reason} ({REQUIRED} is set)", pytrace=False)
    pytest.skip(reason)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process of this run at a time is in here."""
    with (folder / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine that answers."""
    try:
        answer = subprocess.run(["docker", "version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        _cannot(f"no Docker engine: {error}")
    else:
        if answer.returncode != 0:
            _cannot(f"no Docker engine: {(answer.stderr.strip().splitlines() or ['docker version failed'])[-1]}")


@pytest.fixture(scope="session")
def image(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Builds an image by its name in docker/build; the name that it then has."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # That of all processes of the run.

    def build(name: str) -> str:
        built = folder / f"{name}.image-built"
        with _alone(folder):
            if not built.exists():
                command = [str(ROOT / "docker/build"), name]
                answer = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS)
                if answer.returncode == NO_BASE:
                    _cannot(f"there is nothing to build {name} on:\n{answer.stderr}")
                assert answer.returncode == 0, answer.stderr
                built.touch()
        variable = name.upper().replace("-", "_") + "_IMAGE"
        return os.environ.get(variable, f"idp-harness/{name}:dev")

    return build


@pytest.fixture(scope="session")
def mock_idp_image(image: Callable[[str], str]) -> str:
    """The image of the mock identity provider."""
    return image("mock-idp")
