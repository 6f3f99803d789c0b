"""The image of the mock identity provider, as somebody else's pipeline runs it."""

from __future__ import annotations

import json
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from engine_look import docker

READY_SECONDS = 60.0
# What a pipeline that trusts nobody gives it.
HARDENED = ("--read-only", "--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
HISTORY = "{{.Size}}\t{{.CreatedBy}}"
TOKEN = ("-e", "MOCK_IDP_CONTROL_TOKEN=sesame")


class Container:
    """A running container of the image."""

    def __init__(self, name: str) -> None:
        self.id = name

    def about(self, what: str) -> Any:
        """A part of what the engine knows, as a Go template."""
        return json.loads("\n".join(docker("inspect", "--format", f"{{{{json {what}}}}}", self.id)))

    def run(self, *command: str) -> str:
        """What a command in it prints."""
        return "\n".join(docker("exec", self.id, *command))

    def log(self) -> str:
        done = subprocess.run(["docker", "logs", self.id], capture_output=True, text=True, timeout=60, check=True)
        return done.stdout + done.stderr

    def wait_until_healthy(self) -> None:
        """As its own HEALTHCHECK says."""
        deadline, pause = time.monotonic() + READY_SECONDS, threading.Event()
        while (state := self.about(".State"))["Health"]["Status"] != "healthy":
            assert state["Running"], self.log()
            assert time.monotonic() < deadline, (state["Health"], self.log())
            pause.wait(0.1)


@contextmanager
def running(image: str, *options: str, command: tuple[str, ...] = ()) -> Iterator[Container]:
    """A container that is removed at the end, whatever happened."""
    name = f"idp-harness-test-{secrets.token_hex(6)}"
    try:
        docker("run", "-d", "--name", name, "--label", "org.idp-harness=1", *options, image, *command)
        yield Container(name)
    finally:
        subprocess.run(["docker", "rm", "-f", "-v", name], capture_output=True, timeout=60, check=True)


@pytest.fixture(scope="module")
def served(mock_idp_image: str) -> Iterator[Container]:
    """It serves without network, on a file system that nobody can write to."""
    with running(mock_idp_image, *HARDENED, *TOKEN, "--health-interval", "1s") as container:
        container.wait_until_healthy()
        yield container


def refused(image: str, *options: str, command: tuple[str, ...] = ()) -> tuple[int, str]:
    """Exit status and words of a server that does not come up."""
    call = ["docker", "run", "--rm", "--label", "org.idp-harness=1", "--network", "none", *options, image, *command]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def test_it_serves_without_network_and_without_writing(served: Container) -> None:
    """Keys are published, and the command line works inside."""
    assert served.run("mock-idp", "issuers").splitlines()[1].split()[:2] == ["default", "custom"]
    assert served.run("mock-idp", "token", "-p", "tasks:list").count(".") == 2


def test_nobody_in_it_is_root(served: Container) -> None:
    """Every process has the number of a user, as orchestrators check it before they start one (`runAsNonRoot`)."""
    assert served.about(".Config.User") == "10001:10001"
    assert {line.split()[0] for line in docker("top", served.id, "-o", "uid,pid")[1:]} == {"10001"}


def test_no_capability_is_used(served: Container) -> None:
    """Neither are there any, nor could any be got."""
    status = dict(line.split(":\t") for line in served.run("cat", "/proc/1/status").splitlines() if ":\t" in line)
    assert (status["CapEff"], status["CapPrm"], status["NoNewPrivs"]) == ("0" * 16, "0" * 16, "1")


@pytest.mark.parametrize("program", ["gcc", "cc", "g++", "make", "ld", "rustc"])
def test_there_is_no_compiler(served: Container, program: str) -> None:
    """What was needed to build it stayed behind."""
    done = subprocess.run(["docker", "exec", served.id, "sh", "-c", f"command -v {program}"], timeout=60)
    assert done.returncode != 0


def test_only_what_the_server_needs_is_installed(served: Container) -> None:
    """No harness, no pytest, no wheels and no caches."""
    packages = json.loads(
        served.run(
            "python",
            "-c",
            "import importlib.metadata as m, json; print(json.dumps([d.name for d in m.distributions()]))",
        )
    )
    ours = served.run("sh", "-c", "ls /opt/idp-harness/lib/python3*/site-packages")
    assert {"pytest", "rich", "requests", "psutil", "testcontainers"} & {one.lower() for one in packages} == set()
    assert "mock_idp" in ours.split()
    assert "harness" not in ours.split()
    assert served.run("sh", "-c", "ls -d /wheels /source /root/.cache /built 2>/dev/null || true") == ""


def test_how_big_it_is(mock_idp_image: str, record_property: Callable[[str, object], None]) -> None:
    """What it adds to its base, and the whole, stand in the run's report."""
    history = docker("history", "--human=false", "--no-trunc", "--format", HISTORY, mock_idp_image)
    layers = [line.split("\t") for line in history]
    added = sum(int(size) for size, made in layers if "/opt/idp-harness" in made)
    record_property("bytes_over_base", added)
    record_property("bytes", sum(int(size) for size, _ in layers))
    assert 0 < added < 100_000_000


@pytest.mark.parametrize("signal", ["TERM", "INT"])
def test_it_ends_when_it_is_asked(mock_idp_image: str, signal: str) -> None:
    """By itself, before an engine would kill it: status 0, not 137."""
    with running(mock_idp_image, *HARDENED, *TOKEN, "--health-interval", "1s") as container:
        container.wait_until_healthy()
        docker("kill", "--signal", signal, container.id)
        assert docker("wait", container.id) == ["0"]
        state = container.about(".State")
        assert (state["OOMKilled"], state["Running"]) == (False, False)


def test_a_second_is_enough_to_stop_it(mock_idp_image: str) -> None:
    """`docker stop` that gives it one second doesn't have to kill it."""
    with running(mock_idp_image, *HARDENED, *TOKEN, "--health-interval", "1s") as container:
        container.wait_until_healthy()
        docker("stop", "-t", "1", container.id)
        assert container.about(".State.ExitCode") == 0


def test_without_a_control_token_it_says_what_to_do(mock_idp_image: str) -> None:
    """It listens for other containers, so its control API is not for everybody."""
    status, said = refused(mock_idp_image)
    assert (status, "MOCK_IDP_CONTROL_TOKEN" in said) == (2, True)


def test_variables_configure_it(mock_idp_image: str) -> None:
    """Style, port and public URL from the environment; the health check follows."""
    settings = ("-e", "MOCK_IDP_STYLE=okta", "-e", "MOCK_IDP_PORT=9500", "-e", "MOCK_IDP_PUBLIC_URL=http://idp:9500")
    with running(mock_idp_image, *HARDENED, *TOKEN, *settings, "--health-interval", "1s") as container:
        container.wait_until_healthy()
        found = container.run("mock-idp", "issuers", "--url", "http://127.0.0.1:9500").splitlines()[1].split()
    assert found[1:3] == ["okta", "http://idp:9500/oauth2/default"]


def test_a_wrong_variable_is_named(mock_idp_image: str) -> None:
    """Exit status 2, and which one."""
    status, said = refused(mock_idp_image, *TOKEN, "-e", "MOCK_IDP_TOKEN_LIFETIME_SECONDS=long")
    assert (status, "MOCK_IDP_TOKEN_LIFETIME_SECONDS" in said) == (2, True)


def test_a_mounted_file_configures_it(mock_idp_image: str, tmp_path: Path) -> None:
    """Settings and issuers in one TOML file; over TLS the health check works, too."""
    file = tmp_path / "mock-idp.toml"
    file.write_text('style = "keycloak"\ntls = true\noptions = { realm = "orders" }\ncontrol_token = "sesame"\n')
    tmp_path.chmod(0o755)
    mounted = ("-v", f"{file}:/config/mock-idp.toml:ro", "-e", "MOCK_IDP_CONFIG=/config/mock-idp.toml")
    with running(mock_idp_image, *HARDENED, *mounted, "--tmpfs", "/tmp", "--health-interval", "1s") as container:
        container.wait_until_healthy()
        assert "https://localhost:9400/realms/orders" in container.log()


def test_a_control_token_reaches_no_log(served: Container) -> None:
    """What it prints can be shown to anybody."""
    assert "sesame" not in served.log()
