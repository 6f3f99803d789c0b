"""With testcontainers' Ryuk: the engine has its image, or a stand-in that does the same is built for these tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_look import SECONDS, docker, in_engine, needs_testcontainers, processes_of, wait_for
from target_images import variables

pytestmark = needs_testcontainers
STAND_IN = Path(__file__).with_name("ryuk_stand_in.py")
SCRIPT = """
import json, signal
from testcontainers.core.config import testcontainers_config
from testcontainers.core.labels import SESSION_ID
from harness.container import MockIdpContainer
with MockIdpContainer(style="auth0") as idp:
    print(json.dumps({"token": idp.issuer().token(), "session": SESSION_ID}), flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def ryuk_image(mock_idp_image: str) -> Iterator[str]:
    """The real one if the engine has it."""
    from testcontainers.core.config import testcontainers_config as settings

    if docker("images", "-q", settings.ryuk_image):
        yield settings.ryuk_image
        return
    name = f"idp-harness/ryuk-stand-in:{os.getpid()}"
    file = f'FROM {mock_idp_image}\nUSER 0\nCOPY {STAND_IN.name} /\nENTRYPOINT []\nCMD ["python", "/{STAND_IN.name}"]\n'
    command = ["docker", "build", "--force-rm", "-q", "-t", name, "-f", "-", str(STAND_IN.parent)]
    subprocess.run(command, input=file, text=True, capture_output=True, timeout=120, check=True)
    yield name
    docker("rmi", name)


@pytest.fixture
def environment(ryuk_image: str, image: Callable[[str], str], tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    own = {"IDP_HARNESS_RUN_ID": os.urandom(8).hex(), "TMPDIR": str(tmp_path), "RYUK_RECONNECTION_TIMEOUT": "1s"}
    ryuk = {"RYUK_CONTAINER_IMAGE": ryuk_image, "TESTCONTAINERS_RYUK_DISABLED": "false"}
    return clean | variables(image) | own | ryuk


@pytest.fixture
def suite(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process with a container that runs; the id of its testcontainers session."""
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], env=environment, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        session = json.loads(process.stdout.readline())["session"]
        yield process, session
        process.kill()
    wait_for(lambda: everything(environment, session), lambda left: not left)


def everything(environment: dict[str, str], session: str) -> list[str]:
    """What there is of a run, Ryuk included."""
    ryuk = docker("ps", "-a", "--filter", f"name=testcontainers-ryuk-{session}", "--format", "{{.Names}}")
    processes = [f"process {one.pid}" for one in processes_of(environment["IDP_HARNESS_RUN_ID"])]
    return [*in_engine(environment["IDP_HARNESS_RUN_ID"]), *ryuk, *processes]


def test_ryuk_takes_the_place_of_a_process_of_ours(
    environment: dict[str, str], suite: tuple[subprocess.Popen[str], str]
) -> None:
    """One container, Ryuk, and nothing but the suite itself on this machine."""
    process, session = suite
    [container, *rest] = everything(environment, session)
    assert "mock-idp" in container
    assert rest == [f"testcontainers-ryuk-{session}", f"process {process.pid}"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_after(
    environment: dict[str, str], suite: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, session = suite
    process.send_signal(number)
    process.wait(SECONDS)
    wait_for(lambda: everything(environment, session), lambda left: not left)


def test_the_target_runs_with_it(environment: dict[str, str], tmp_path: Path) -> None:
    """And leaves nothing."""
    program = str(Path(sys.executable).parent / "idp-harness")
    command = [program, "run", "--target", "container", "--style", "auth0", "-n", "0", "base-rs256-accept"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    wait_for(lambda: in_engine(environment["IDP_HARNESS_RUN_ID"]), lambda left: not left)
