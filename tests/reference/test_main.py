"""`python -m harness.reference`."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.reference.__main__ import EXAMPLE
from harness.reference.settings_file import load_settings

COMMAND = [sys.executable, "-m", "harness.reference"]


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """The file of the example in the help text."""
    lines = EXAMPLE.partition("FILE.toml:\n")[2].partition("\n\n")[0].splitlines()
    path = tmp_path / "FILE.toml"
    path.write_text("\n".join(lines))
    return path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_the_example_of_the_help_is_a_good_file(settings_file: Path) -> None:
    """It loads."""
    assert load_settings(settings_file).service == "worker"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_serves_and_ends(settings_file: Path, number: signal.Signals) -> None:
    """With a fault switched on."""
    arguments = [*COMMAND, "--settings", str(settings_file), "--port", "0", "--fault", "m-no-exp-check"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = urlsplit(process.stdout.readline().strip())
            connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
            connection.request("GET", "/v1/templates", headers={"X-API-Key": "test-key"})
            status = connection.getresponse().status
            connection.close()
            process.send_signal(number)
            assert process.wait(10) == 0
        finally:
            process.kill()
    assert status == 200


def test_the_help_shows_an_example() -> None:
    """One to paste."""
    shown = run("--help")
    assert shown.returncode == 0
    assert "python -m harness.reference --settings FILE.toml --port 8081 --fault m-no-exp-check" in shown.stdout


def test_the_faults_are_listed() -> None:
    """Name, place, sentence."""
    listed = run("--list-faults")
    assert listed.returncode == 0
    assert "m-no-exp-check" in listed.stdout
    assert "ClaimsChecker.check_expiry: `exp` is not checked." in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--settings FILE.toml is missing"),
        (["--settings", "no-such-file.toml"], "no-such-file.toml: cannot be read"),
        (["--settings", "SETTINGS", "--fault", "m-no-exp"], "did you mean 'm-no-exp-check'"),
    ],
)
def test_wrong_usage_is_status_2_and_says_why(settings_file: Path, arguments: list[str], says: str) -> None:
    """On standard error."""
    ended = run(*[str(settings_file) if one == "SETTINGS" else one for one in arguments])
    assert ended.returncode == 2
    assert says in ended.stderr


def test_a_port_that_cannot_be_bound_is_status_3(settings_file: Path) -> None:
    """The environment's fault, not the caller's."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("--settings", str(settings_file), "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 3
    assert "cannot listen" in ended.stderr
