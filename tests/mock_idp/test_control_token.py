"""Which control tokens there can be: those that arrive in a header as they were meant."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from idp_api import Api
from server_process import ServerProcess

from mock_idp.embed import EmbeddedIdp
from mock_idp.errors import MockIdpError
from mock_idp.settings import MAX_CONTROL_TOKEN, ServerSettings

NONE = ["", " ", "sésame", "öffne dich", "sesame ", " sesame", "sesame\n", "a b", "a\tb", "a\x7f", "🔑", "a" * 5000]
GOOD = ["sesame", "open-sesame", "!~\"'\\,;=", "a" * MAX_CONTROL_TOKEN]
SECONDS = 60


def mock_idp(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command that is expected to end soon."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_IDP_")}
    command = [sys.executable, "-m", "mock_idp", *arguments]
    return subprocess.run(command, env=clean | variables, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.parametrize("token", NONE)
def test_no_server_has_one_that_cannot_be_sent(token: str) -> None:
    """Whoever starts it is told at once; nobody is locked out later."""
    with pytest.raises(MockIdpError) as caught:
        ServerSettings(control_token=token)
    assert (caught.value.field, token in caught.value.sentence) == ("control_token", token in ("", " "))


@pytest.mark.parametrize("token", GOOD)
def test_any_other_opens_the_control_api(token: str) -> None:
    """In both headers, to the letter."""
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0, control_token=token)) as idp, Api(idp.url) as api:
        for headers in ({"Authorization": f"Bearer {token}"}, {"X-Mock-Control-Token": token}):
            assert api.call("GET", "/issuers", headers=headers).status_code == 200
        for wrong in (token[:-1], token + "a", token.swapcase() + "a"):
            assert api.call("GET", "/issuers", headers={"X-Mock-Control-Token": wrong}).status_code == 401


def test_as_an_option() -> None:
    """Exit status 2, and a sentence that names the setting and not the token."""
    ended = mock_idp("serve", "--port", "0", "--control-token", "sésame")
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: control_token: ")
    assert "sésame" not in ended.stderr


def test_as_a_variable(tmp_path: Path) -> None:
    """The variable is named; one that is empty is none."""
    ended = mock_idp("serve", "--port", "0", MOCK_IDP_CONTROL_TOKEN="sesame\n")
    assert (ended.returncode, "MOCK_IDP_CONTROL_TOKEN: " in ended.stderr) == (2, True)
    ended = mock_idp("start", "--folder", str(tmp_path), "--port", "0", MOCK_IDP_CONTROL_TOKEN="sésame")
    assert (ended.returncode, "MOCK_IDP_CONTROL_TOKEN: " in ended.stderr) == (2, True)
    with ServerProcess(environ={"MOCK_IDP_CONTROL_TOKEN": ""}) as server, Api(server.url) as api:
        assert api.call("GET", "/issuers").status_code == 200


def test_in_a_file(tmp_path: Path) -> None:
    """File and member are named."""
    config = tmp_path / "idp.toml"
    for token in ("sésame", " sesame", ""):
        config.write_text(f'control_token = "{token}"\n', encoding="utf-8")
        ended = mock_idp("serve", "--port", "0", "--config", str(config))
        named = re.match(rf"Error: {re.escape(str(config))}(:1)?: control_token: ", ended.stderr)
        assert (ended.returncode, named is not None) == (2, True), ended.stderr


def test_a_server_for_others_needs_one_that_protects() -> None:
    """An empty one is none."""
    ended = mock_idp("serve", "--port", "0", "--host", "0.0.0.0", "--allow-remote", MOCK_IDP_CONTROL_TOKEN="")
    assert (ended.returncode, "needs a control token" in ended.stderr) == (2, True)


@pytest.mark.parametrize("command", [["token"], ["rotate"], ["keys"], ["issuers"], ["tasker-config"]])
def test_the_commands_send_no_other(command: list[str]) -> None:
    """They say what is wrong with it, rather than that nobody answers."""
    ended = mock_idp(*command, "--control-token", "sésame")
    assert (ended.returncode, "control-token" in ended.stderr) == (2, True)
    assert "sésame" not in ended.stderr


def test_the_commands_open_with_the_right_one() -> None:
    """From the option and from the variable; a wrong one is told."""
    token = "!~\"'\\,;="
    with ServerProcess("--algorithm", "ES256", "--control-token", token) as server:
        assert mock_idp("keys", "--url", server.url, "--control-token", token).returncode == 0
        assert mock_idp("keys", "--url", server.url, MOCK_IDP_CONTROL_TOKEN=token).returncode == 0
        wrong = mock_idp("keys", "--url", server.url, "--control-token", "sesame")
        assert (wrong.returncode, "needs the control token" in wrong.stderr) == (2, True)
        assert token not in server.text()


@pytest.mark.parametrize("command", [["run", "time/expiry"], ["measure"]])
@pytest.mark.parametrize("token", ["sésame", "", "sesame "])
def test_the_harness_sends_no_other(command: list[str], token: str, tmp_path: Path) -> None:
    """Neither does the harness: wrong usage, before anything runs."""
    program = str(Path(sys.executable).parent / "idp-harness")
    arguments = [*command, "--target", "reference", "--idp-url", "http://127.0.0.1:9", "--control-token", token]
    ended = subprocess.run(
        [program, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert (ended.returncode, "control-token" in ended.stderr) == (2, True), ended.stderr
    assert not list(tmp_path.iterdir())
