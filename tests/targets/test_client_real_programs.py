"""Tasker's own clients, started with given variables: what they send is what is recorded of them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from target_issuer import Issuer

from harness.cli import cli
from harness.targets import ServiceConfig
from harness.targets.postgres import PostgresServer, start_postgres
from harness.targets.tasker_config import render_worker_toml
from harness.targets.tasker_wheels import no_wheel_for_this_platform

TASKER_CTL = os.environ.get("TASKER_CTL") or shutil.which("tasker-ctl")
PYTHON_CLIENT = Path(__file__).with_name("tasker_py_client.py")
SECONDS = "120"
needs_tasker_ctl = pytest.mark.skipif(
    TASKER_CTL is None, reason="there is no tasker-ctl on the PATH, nor does TASKER_CTL name one"
)


def client(*words: str | Path) -> Result:
    result = CliRunner().invoke(cli, ["client", "--seconds", SECONDS, *map(str, words)], standalone_mode=False)
    assert result.exception is None, result.exception
    return result


def verdicts(result: Result) -> dict[str, str]:
    words = [line.split() for line in result.output.splitlines() if line and not line.startswith(" ")]
    return {name: verdict for verdict, name, *_ in words[:-1]}


@needs_tasker_ctl
@pytest.mark.parametrize(
    ("api", "command"), [("orchestration", ["task", "list"]), ("worker", ["worker", "list"])], ids=["tasks", "workers"]
)
def test_tasker_ctl_sends_what_is_recorded(api: str, command: list[str]) -> None:
    """At either API: the same findings and no other, with none gone."""
    result = client("--grpc", "--expected", "tasker-ctl", "--", str(TASKER_CTL), *command)
    assert result.return_value == 0, result.output
    findings = {name for name, verdict in verdicts(result).items() if verdict == "finding"}
    assert findings == {
        "client-private-key",
        "client-empty-api-key",
        "client-empty-endpoint",
        "client-empty-global",
        "client-empty-above-api-key",
        "client-token-with-scheme",
        "client-grpc",
        "client-grpc-all",
        "client-grpc-api-key",
    }
    assert set(verdicts(result).values()) == {"passed", "finding"}


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    server = start_postgres()
    yield server
    server.stop()


@pytest.mark.tasker
@pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform()))
def test_the_client_of_tasker_py_sends_what_is_recorded(
    database: PostgresServer, issuer: Issuer, tmp_path: Path
) -> None:
    """None of the variables has an effect, so a case in which nothing is to be sent is all it passes."""
    config = tmp_path / "worker.toml"
    static = {"verification": "public_key", "public_key_pem": issuer.public_pem()}
    settings = ServiceConfig(issuer="https://idp.test", jwks_url="", audience="tasker-api", **static)
    config.write_text(render_worker_toml(settings), encoding="utf-8")
    cases = ("client-global-token", "client-api-key", "client-all", "client-none")
    chosen = [word for case in cases for word in ("--case", case)]
    program = (sys.executable, PYTHON_CLIENT, config)
    result = client(*chosen, "--env", f"DATABASE_URL={database.url}", "--expected", "tasker-py", "--", *program)
    assert result.return_value == 0, result.output
    assert list(verdicts(result).values()) == ["finding", "finding", "finding", "passed"]
    assert database.url not in result.output


@needs_tasker_ctl
def test_tasker_ctl_does_four_jobs_as_the_page_says() -> None:
    """docs/static-keys.md lists where it differs, and the rest is the same."""
    result = CliRunner().invoke(cli, ["keys", "compare", str(TASKER_CTL)], standalone_mode=False)
    assert result.exception is None, result.exception
    differs = {line[8:] for line in result.output.splitlines() if line.startswith("differs ")}
    assert differs == {"a pair of 2048 bits", "a pair where one is", "a new token", "the permissions"}
    assert result.return_value == 1
