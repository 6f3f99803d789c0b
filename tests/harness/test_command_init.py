"""`idp-harness init`, from a command line to a verdict; and what keeps it from beginning."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from cli_call import idp_harness
from click.testing import CliRunner

from harness.base.errors import UsageError
from harness.cli import cli
from harness.cli.init import _name, _next_command, _propose
from harness.declared.profile import load_profile
from harness.survey.portrait import Misdeed, Portrait
from harness.survey.survey import Surveyed

SERVICE = Path(__file__).parent / "pyjwt_service.py"
COMMAND = (
    f"{sys.executable} {SERVICE} --port {{port}} --issuer {{issuer}} --jwks-url {{jwks_url}} --audience {{audience}}"
)


def test_from_a_command_line_to_a_verdict(tmp_path: Path) -> None:
    """The printed line runs as it stands; the profile is as the service is, and a line that isn't so is told."""
    done = idp_harness(
        *("init", "--command", COMMAND, "--route", "/things", "--permission", "things.list", "--style", "custom"),
        *("--output", "things.toml", "--title", "Things"),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    profile = load_profile(tmp_path / "things.toml")
    assert profile.title == "Things"
    assert (profile.routes["read"].path, profile.routes["read"].permission) == ("/things", "things.list")
    assert (profile.leeway_seconds, profile.policy["exp_required"]) == (60, True)
    assert profile.refusal.no_permission == (403,)
    assert re.search(r"what one running service can show \([1-9]\d* cells, about [1-9]\d* minutes? ", done.stdout)
    line = shlex.split(done.stdout.strip().splitlines()[-1])
    assert line[:2] == ["idp-harness", "run"]
    judged = idp_harness(*line[1:], "baseline/plain-tokens", "time/expiry", "-n", "0", folder=tmp_path)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    again = idp_harness("init", "--command", COMMAND, "--output", "things.toml", folder=tmp_path)
    assert (again.returncode, "--force to write over it" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which service"),
        (("--command", "true --port {port}"), "nothing tells the service whose tokens"),
        (("--base-url", "http://127.0.0.1:9"), "mock-idp serve"),
        (("--target", "reference", "--output", "notes"), "ends with .toml"),
    ],
)
def test_what_can_not_work_is_said_before_anything_starts(arguments: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, ["init", *arguments])
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)


def test_a_service_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the file or the module which its command names, of its image, or of the folder."""
    (tmp_path / "notes api.py").touch()
    monkeypatch.chdir(tmp_path)
    assert _name([("command", "python 'notes api.py' --port {port}")], "process") == "notes-api"
    assert _name([("image", "registry.example/team/orders:1")], "container") == "orders"
    assert _name([("command", "uvicorn shop.orders:app --port {port}")], "process") == "orders"
    assert _name([("command", "waitress-serve --port {port} shop.wsgi:application")], "process") == "shop"
    assert _name([("app", "main:app")], "app") == "main"
    assert _name([("command", "flask --app shop.orders run --port {port}")], "process") == "orders"
    assert _name([("base-url", "http://127.0.0.1:1")], "url") == tmp_path.name


PORTRAIT = Portrait("Notes", "custom", "notes-api", "the issuer's")


@pytest.mark.parametrize(("seconds", "told", "given"), [(1, (), False), (20, (), True), (20, ("100",), False)])
def test_a_service_that_starts_slowly_is_given_as_long_in_the_run(
    seconds: float, told: tuple[str, ...], given: bool
) -> None:
    settings = [("command", "./slow"), *(("boot_seconds", one) for one in told)]
    line = _next_command(Path("notes.toml"), "process", settings, Surveyed(PORTRAIT, "", "/health", seconds), [])
    assert ("boot_seconds=60" in line) == given


def test_findings_are_proposed_beside_the_profile_and_a_decided_file_is_left_alone(tmp_path: Path) -> None:
    """One in which nobody has decided anything is written anew."""
    misdeed = Misdeed("time/expiry/time-exp-past", "An expired token", "RFC 7519 §4.1.4", "critical", ("a",), "200")
    file = tmp_path / "expected" / "notes.toml"
    proposed = Portrait("Notes", "custom", "notes-api", "the issuer's", misdeeds=(misdeed,))
    for _ in range(2):
        assert "commented out" in _propose(file, proposed)
    decided = file.read_text(encoding="utf-8").replace("# [[finding]]", "[[finding]]")
    file.write_text(decided, encoding="utf-8")
    assert "were not written" in _propose(file, proposed)
    assert file.read_text(encoding="utf-8") == decided
