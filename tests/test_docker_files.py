"""Dockerfile, compose file and scripts of the images, as far as no engine is needed to read them."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from doc_pages import PAGES

from harness.targets.tasker_container import VARIABLES

ROOT = Path(__file__).parent.parent
CI = (".ci/run", ".ci/engine", ".ci/cargo-make", ".ci/node", ".ci/go")
SCRIPTS = ("docker/build", "docker/base-image", "docker/wheelhouse", "docker/postgres/entrypoint", *CI)
CONTAINERS = PAGES["containers.md"]
COMPOSE = (ROOT / "docker-compose.e2e.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_good_bash(script: str) -> None:
    """The shell that its first line names understands it, and it can be run."""
    path = ROOT / script
    shell = path.read_text(encoding="utf-8").splitlines()[0].split("/")[-1].split()[-1]
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.stat().st_mode & 0o111


def test_the_image_needs_what_the_package_needs() -> None:
    """docker/mock-idp.txt is a part of the dependencies in pyproject.toml, word for word."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "docker/mock-idp.txt").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} - set(project["dependencies"]) == set()


def test_the_page_has_every_variable_of_the_compose_file() -> None:
    """With the default that stands there, where one is shown."""
    in_file = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", COMPOSE))
    listed = CONTAINERS.table("Judge the real Tasker worker", "variable")
    assert {name for row in listed for name in row.words(0)} == set(in_file)
    shown = {row.words(0)[0]: row.words(1)[0] for row in listed if len(row.words(0)) == 1}
    assert {name: in_file[name] for name in shown} == shown


def test_the_page_has_every_variable_of_the_worker() -> None:
    """What its image can be told."""
    listed = CONTAINERS.table("The worker's image", "variable")
    assert {row.words(0)[0] for row in listed} == set(VARIABLES)
    assert [row for row in listed if row.words(0)[0] != f"TASKER_{row.words(1)[0].upper()}"] == []


def test_the_orchestration_file_is_toml() -> None:
    """It trusts the issuer that the compose file starts."""
    path = ROOT / "docker/tasker/orchestration.toml"
    auth = tomllib.loads(path.read_text(encoding="utf-8"))["orchestration"]["web"]["auth"]
    for name in ("jwks_url", "jwt_issuer", "jwt_audience", "permissions_claim"):
        assert f"${{TASKER_{name.upper()}:-{auth[name]}}}" in COMPOSE


def test_the_times_are_those_of_the_profile() -> None:
    """The worker in containers refreshes as often as the scenarios wait for."""
    profile = tomllib.loads((ROOT / "scenarios/profiles/tasker-worker.toml").read_text(encoding="utf-8"))["timing"]
    assert f'TASKER_JWKS_REFRESH_INTERVAL_SECONDS: "{profile["refresh_seconds"]}"' in COMPOSE
    assert f'TASKER_JWKS_MAX_STALE_SECONDS: "{profile["max_stale_seconds"]}"' in COMPOSE
