"""docker-compose.e2e.yml: the real Tasker worker judged with everything in containers."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_look import docker

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.e2e.yml"
RUN_SECONDS = 900.0
# As much of the matrix as shows what comes of it; all of it is judged without containers.
JUDGED = ("baseline", "kid", "header/members", "header/foreign-keys", "rotation/unknown-kid")


class Project:
    """The compose file as a project of its own, with the images of this run."""

    def __init__(self, command: list[str], images: dict[str, str], report: Path, more: Path) -> None:
        self.name = f"idp-harness-test-{secrets.token_hex(4)}"
        self._command = [*command, "-p", self.name, "-f", str(FILE), "-f", str(more)]
        self.variables = {
            **images,
            "REPORT_DIR": str(report),
            "HARNESS_USER": f"{os.getuid()}:{os.getgid()}",
        }
        self.report = report

    def __call__(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, *arguments],
            env=os.environ | self.variables | variables,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
        )

    def left(self) -> list[str]:
        """Containers, networks and volumes of the project."""
        label = f"label=com.docker.compose.project={self.name}"
        kinds = (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"))
        return [line for kind in kinds for line in docker(*kind, "--filter", label)]

    def records(self) -> list[dict[str, Any]]:
        """What the harness wrote of each cell."""
        return [json.loads(line) for line in (self.report / "results.jsonl").read_text().splitlines()]


@pytest.fixture(scope="session")
def compose(engine: None) -> list[str]:
    """Compose, version 2 or 1."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if os.environ.get("IDP_HARNESS_REQUIRE_DOCKER") == "1":
        pytest.fail("there is no Compose (IDP_HARNESS_REQUIRE_DOCKER is set)", pytrace=False)
    pytest.skip("there is no Compose: apt-get install docker-compose")


@pytest.fixture
def project(compose: list[str], image: Callable[[str], str], tmp_path: Path) -> Iterator[Project]:
    """Gone at the end, with everything it has started."""
    images = {
        f"{name.upper().replace('-', '_')}_IMAGE": image(name)
        for name in ("mock-idp", "harness", "tasker-worker", "postgres")
    }
    report = tmp_path / "report"
    report.mkdir()
    more = tmp_path / "judged.yml"
    more.write_text(f"services:\n  harness:\n    command: {json.dumps(['run', *JUDGED])}\n")
    project = Project(compose, images, report, more)
    yield project
    done = project("down", "-v")
    assert (done.returncode, project.left()) == (0, []), done.stderr


def read(compose: list[str], **variables: str) -> dict[str, Any]:
    """The file as Compose reads it, with every service."""
    import yaml  # Testcontainers and Tasker bring it.

    clean = {name: text for name, text in os.environ.items() if not name.endswith(("_IMAGE", "_PORT"))}
    call = [*compose, "-f", str(FILE), "--profile", "orchestration", "config"]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, env=clean | variables)
    assert (done.returncode, done.stderr) == (0, "")
    return dict(yaml.safe_load(done.stdout))


@pytest.fixture(scope="module")
def config(compose: list[str]) -> dict[str, Any]:
    """The file without any variable set."""
    return read(compose)


OURS = ("mock-idp", "postgres", "tasker-worker", "harness")


@pytest.mark.parametrize("service", OURS)
def test_a_service_may_do_nothing_it_needs_not(config: dict[str, Any], service: str) -> None:
    """A read-only file system, no capabilities, no way to get any, a limit of memory."""
    about = config["services"][service]
    assert (about["read_only"], about["init"]) == (True, True)
    assert (about["cap_drop"], about["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert about["mem_limit"]
    assert about["stop_grace_period"] == "5s"


def test_everything_carries_the_label(config: dict[str, Any]) -> None:
    """So that what is left of a run can be found."""
    assert {name for name, about in config["services"].items() if about["labels"] != {"org.idp-harness": "1"}} == set()
    assert config["networks"]["default"]["labels"] == {"org.idp-harness": "1"}


@pytest.mark.parametrize(
    ("service", "variable"),
    [
        ("mock-idp", "MOCK_IDP_IMAGE"),
        ("postgres", "POSTGRES_IMAGE"),
        ("tasker-worker", "TASKER_WORKER_IMAGE"),
        ("harness", "HARNESS_IMAGE"),
        ("orchestration", "TASKER_IMAGE"),
        ("tasker-postgres", "TASKER_POSTGRES_IMAGE"),
    ],
)
def test_a_variable_names_another_image(compose: list[str], service: str, variable: str) -> None:
    """Every image can be one's own."""
    assert read(compose, **{variable: "registry.test/mine:7"})["services"][service]["image"] == "registry.test/mine:7"


def test_orchestration_is_asked_for(config: dict[str, Any]) -> None:
    """Without its profile nothing of it is started."""
    profiles = {name: about.get("profiles") for name, about in config["services"].items()}
    assert {name for name, asked in profiles.items() if not asked} == set(OURS)
    assert {str(asked) for name, asked in profiles.items() if name not in OURS} == {"['orchestration']"}


def test_the_matrix_runs_and_its_status_is_the_result(project: Project) -> None:
    """What a service with one configuration allows is judged; the report is on this side and belongs to the caller."""
    done = project("up", "--exit-code-from", "harness")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    verdicts = [one["verdict"] for one in project.records()]
    assert verdicts.count("passed") > 30
    assert set(verdicts) == {"passed", "finding", "skipped"}
    suite = ElementTree.parse(project.report / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert 0 < int(suite.attrib["tests"]) <= len(verdicts)
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in project.report.rglob("*")}
    assert owners == {(os.getuid(), os.getgid())}
    # What is judged in another container can't reach a listener in the harness's, so nothing is said about that.
    reasons = {one["reason"] for one in project.records() if one["verdict"] == "skipped"}
    assert any("no listener" in reason for reason in reasons)


def test_a_broken_service_turns_the_run_red(project: Project) -> None:
    """A worker that expects another audience refuses good tokens; `run` takes what shall be judged."""
    done = project("run", "--rm", "harness", "run", "baseline", TASKER_JWT_AUDIENCE="somebody-else")
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    assert "failed" in {one["verdict"] for one in project.records()}


def test_the_worker_says_what_it_needs(image: Callable[[str], str]) -> None:
    """Without anything it says which variables are missing."""
    call = ["docker", "run", "--rm", "--label", "org.idp-harness=1", "-e", "DATABASE_URL=postgresql://u:p@h/d"]
    done = subprocess.run([*call, image("tasker-worker")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "TASKER_JWKS_URL" in done.stderr
    assert "TASKER_CONFIG_PATH" in done.stderr
