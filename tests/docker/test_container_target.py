"""The target `container`: the real Tasker worker in a container, and services of somebody's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import requests
from engine_look import in_engine, needs_testcontainers, wait_for
from target_images import variables

from harness.crates.server import find_server
from harness.targets import ServiceConfig, TargetError, make_target
from harness.targets.container_service import ContainerService

pytestmark = needs_testcontainers
PROGRAM = str(Path(sys.executable).parent / "idp-harness")
SELECTED = ["baseline/plain-tokens", "rotation/pick-up", "time-exp-past"]
TEMPLATE = """
[[issuers]]
id = "default"
style = "custom"
mount = "root"
audience = "{audience}"
permissions_claim = "{not_a_word}"
"""


@pytest.fixture
def environment(image: Callable[[str], str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return clean | variables(image) | {"COLUMNS": "200"}


@pytest.fixture
def in_process(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment, for a target in this process; the id of its run."""
    from testcontainers.core.config import testcontainers_config as settings

    monkeypatch.setattr(settings, "_ryuk_disabled", True)
    run_id = os.urandom(8).hex()
    for name, value in (environment | {"IDP_HARNESS_RUN_ID": run_id}).items():
        monkeypatch.setenv(name, value)
    return run_id


def run(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "run", "--report-dir", str(folder / "out"), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def verdicts(folder: Path) -> dict[str, str]:
    lines = (folder / "out" / "results.jsonl").read_text().splitlines()
    return {one["id"]: one["verdict"] for one in map(json.loads, lines)}


@pytest.mark.tasker
def test_the_worker_in_a_container_gets_the_verdicts_of_the_worker_beside_it(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """With two processes, each with containers of its own."""
    found = {}
    for target in ("container", "tasker-worker"):
        folder = tmp_path / target
        folder.mkdir()
        done = run(folder, environment, "--target", target, "-n", "2", "--style", "auth0", *SELECTED)
        assert done.returncode == 0, done.stdout + done.stderr
        found[target] = verdicts(folder)
    assert found["container"] == found["tasker-worker"]
    assert len(found["container"]) > 5


@pytest.mark.tasker
def test_orchestration_in_a_container_is_judged_on_a_database_of_its_own(
    tmp_path: Path, environment: dict[str, str], image: Callable[[str], str]
) -> None:
    """With queue extension and migrations, where there is a program of which an image can be made."""
    try:
        find_server(None)
    except TargetError as problem:
        pytest.skip(str(problem))
    environment = environment | {"TASKER_ORCHESTRATION_IMAGE": image("tasker-orchestration")}
    options = ["--target", "container", "--target-option", "service=tasker-orchestration", "-n", "0"]
    done = run(tmp_path, environment, *options, "--style", "auth0", "base-rs256-accept", "time-exp-past")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {*verdicts(tmp_path).values()} == {"passed"}


def own_service(folder: Path, image: str) -> dict[str, str]:
    """The options for a service of one's own: here the mock identity provider itself, which every run has."""
    (folder / "issuers.toml").write_text(TEMPLATE)
    return {
        "service": "own",
        "image": image,
        "port": "9400",
        "health_path": "/_mock/health",
        "command": "serve --host 0.0.0.0 --allow-remote --public-url {issuer} --issuers /etc/mine/issuers.toml",
        "environment": "MOCK_IDP_CONTROL_TOKEN='a-token'",
        "config": f"{folder / 'issuers.toml'}:/etc/mine/issuers.toml",
        "log_folder": str(folder / "logs"),
    }


def test_a_service_of_ones_own_gets_its_words_variables_and_file(tmp_path: Path, in_process: str) -> None:
    """Braces in the file that are no word of ours stay."""
    config = ServiceConfig("http://idp.example", "http://mock-idp:9400/jwks", "orders")
    with closing(make_target("container", own_service(tmp_path, os.environ["MOCK_IDP_IMAGE"]))) as target:
        url = target.start(config).base_url
        answer = requests.get(
            f"{url}/_mock/issuers/default", headers={"Authorization": "Bearer a-token"}, timeout=10
        ).json()
        # The service and a network; nothing asked for an identity provider.
        assert [one.partition(" ")[0] for one in in_engine(in_process)] == ["container", "network"]
    assert (answer["issuer"], answer["audience"]) == ("http://idp.example", "orders")
    assert answer["permissions_claim"] == "{not_a_word}"
    assert in_engine(in_process) == []


def test_the_log_of_a_container_is_known_while_it_runs_and_kept_after(tmp_path: Path, in_process: str) -> None:
    config = ServiceConfig("http://idp.example", "http://mock-idp:9400/jwks", "orders")
    with closing(make_target("container", own_service(tmp_path, os.environ["MOCK_IDP_IMAGE"]))) as target:
        service = target.start(config)
        assert isinstance(service, ContainerService)
        assert service._container.get_wrapped_container().attrs["HostConfig"]["LogConfig"]["Config"] == {
            "max-size": "16m"  # It may write without end.
        }
        wait_for(lambda: service.log_tail().as_it_came, bool)
        logs = [service.log_tail().as_it_came]
        alive = [service.alive()]
        service.stop()
        logs.append(service.log_tail().as_it_came)
        alive.append(service.alive())
    [file] = (tmp_path / "logs").iterdir()
    assert logs[1].startswith(logs[0].strip())  # It may have said more meanwhile.
    assert file.read_text().strip() == logs[1].strip()
    assert alive == [True, False]


def test_what_a_container_wrote_is_evidence_of_a_case_that_did_not_pass(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    options = own_service(tmp_path, environment["MOCK_IDP_IMAGE"]).items()
    arguments = [word for key, value in options for word in ("--target-option", f"{key}={value}")]
    arguments += ["--profile", "reference", "--style", "auth0", "-n", "0", "base-rs256-accept"]
    done = run(tmp_path, environment, "--target", "container", *arguments)
    assert done.returncode == 3, done.stdout + done.stderr
    [line, *_] = (tmp_path / "out" / "results.jsonl").read_text().splitlines()
    assert "curl" in "\n".join(json.loads(line)["evidence"]["service_log"])


def test_a_container_that_ends_shows_its_log(tmp_path: Path, in_process: str) -> None:
    options = own_service(tmp_path, os.environ["MOCK_IDP_IMAGE"]) | {"command": "serve --style nobody"}
    with closing(make_target("container", options)) as target, pytest.raises(TargetError) as caught:
        target.start(ServiceConfig("http://idp.example", "http://idp.example/jwks", "orders"))
    assert "ended with status 2 while starting" in caught.value.what
    assert "'nobody' is not one of" in caught.value.log
    assert in_engine(in_process) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"TASKER_WORKER_IMAGE": "idp-harness/tasker-worker:none"}, "docker/build in the sources"),
        ({"POSTGRES_IMAGE": "nowhere.invalid/postgres:1"}, "docker pull nowhere.invalid/postgres:1"),
        ({"DOCKER_HOST": "unix:///nowhere/docker.sock"}, "start Docker, or say in DOCKER_HOST where it is"),
    ],
)
def test_what_is_missing_is_named_before_anything_starts(
    tmp_path: Path, environment: dict[str, str], change: dict[str, str], said: str
) -> None:
    """Exit status 3 and one sentence with what to do."""
    done = run(tmp_path, environment | change, "--target", "container")
    assert (done.returncode, done.stdout) == (3, "")
    assert "the target container can't be used here: " in done.stderr
    assert said in done.stderr
