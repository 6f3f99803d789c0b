"""Where a setting of `mock-idp serve` can come from, and which place wins."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from idp_api import Api
from server_process import ServerProcess

from mock_idp.cli.serve import serve
from mock_idp.cli.setting import OTHERS, Setting, variable
from mock_idp.errors import MockIdpError
from mock_idp.run.settings_file import _SETTINGS, read_issuers, read_settings

SETTINGS = [option for option in serve.params if isinstance(option, Setting)]
# One value for each setting, as a variable and as TOML; a file that is named has to be there.
EXAMPLES = {
    "style": ("okta", '"okta"'),
    "port": ("9401", "9401"),
    "host": ("0.0.0.0", '"0.0.0.0"'),
    "public_url": ("http://idp:9400", '"http://idp:9400"'),
    "audience": ("orders", '"orders"'),
    "permissions_claim": ("roles", '"roles"'),
    "algorithm": ("ES256", '"ES256"'),
    "token_lifetime_seconds": ("60", "60"),
    "options": ("authorization_server=main", '{ authorization_server = "main" }'),
    "auto_issuers": ("true", "true"),
    "allow_remote": ("true", "true"),
    "control_token": ("sesame", '"sesame"'),
    "allowed_hosts": ("idp other", '["idp", "other"]'),
    "trust_forwarded": ("true", "true"),
    "backchannel_dynamic": ("true", "true"),
    "private_keys": ("{}", '"{}"'),
    "tls": ("true", "true"),
    "tls_hosts": ("idp other", '["idp", "other"]'),
    "tls_cert": ("/run/idp/cert.pem", '"/run/idp/cert.pem"'),
    "tls_key": ("/run/idp/key.pem", '"/run/idp/key.pem"'),
    "ready_file": ("/run/idp/ready", '"/run/idp/ready"'),
    "quiet": ("true", "true"),
}


def context(arguments: list[str], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> click.Context:
    """What click makes of a command line in an environment."""
    for name in [*os.environ]:
        if name.startswith("MOCK_IDP_"):
            monkeypatch.delenv(name)
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    return serve.make_context("serve", arguments)


def refusal(*arguments: str, **environ: str) -> str:
    """What a serve says that has to end with status 2."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("MOCK_IDP_")}
    command = [sys.executable, "-m", "mock_idp", "serve", "--port", "0", *arguments]
    if "MOCK_IDP_PORT" in environ:
        command[4:6] = []
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=clean | environ)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return done.stderr


def test_every_option_is_a_setting() -> None:
    """What can be said on the command line can be said in the environment too."""
    assert [option.name for option in serve.params if not isinstance(option, Setting)] == []


def test_every_setting_is_a_member_of_the_file() -> None:
    """But the name of the file itself; --issuers is the array of that name."""
    assert {option.name for option in SETTINGS} - {"config"} == set(_SETTINGS["properties"])
    assert set(EXAMPLES) == set(_SETTINGS["properties"]) - {"issuers"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_variable_and_the_file_say_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting has one meaning, wherever it stands."""
    text, toml = EXAMPLES[name]
    file = tmp_path / "mock-idp.toml"
    file.write_text(f"{name} = {toml}\n")
    from_variable = context([], {variable(name): text}, monkeypatch).params[name]
    found = context(["--config", str(file)], {}, monkeypatch)
    from_file = found.params[name]
    if name == "options":
        from_variable, from_file = dict(one.split("=") for one in from_variable), found.obj["options"]
    assert from_variable == from_file != context([], {}, monkeypatch).params[name]


def test_the_order_of_the_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Option, environment, file, default."""
    file = tmp_path / "mock-idp.toml"
    file.write_text('audience = "file"\n')
    environ = {"MOCK_IDP_CONFIG": str(file), "MOCK_IDP_AUDIENCE": "environment"}
    assert context(["--audience", "option"], environ, monkeypatch).params["audience"] == "option"
    assert context([], environ, monkeypatch).params["audience"] == "environment"
    assert context([], environ | {"MOCK_IDP_AUDIENCE": ""}, monkeypatch).params["audience"] == "file"
    assert context([], {}, monkeypatch).params["audience"] == "tasker-api"


def test_no_in_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file switches on, a variable switches off."""
    file = tmp_path / "mock-idp.toml"
    file.write_text("quiet = true\n")
    assert context(["--config", str(file)], {"MOCK_IDP_QUIET": "false"}, monkeypatch).params["quiet"] is False


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "http"),
        ("STYLE", "oktta"),
        ("TLS", "maybe"),
        ("TOKEN_LIFETIME_SECONDS", "0"),
        ("PUBLIC_URL", "localhost"),
        ("OPTIONS", "realm"),
        ("OPTIONS", "relm=x"),
        ("ALGORITHM", "RS999"),
        ("HOST", "0.0.0.0"),
        ("READY_FILE", "/no/such/folder/ready"),
    ],
)
def test_a_wrong_variable_is_named(name: str, text: str) -> None:
    """Exit status 2, and the message says which variable it is about."""
    said = refusal(**{f"MOCK_IDP_{name}": text, "MOCK_IDP_QUIET": "true"})
    assert f"MOCK_IDP_{name}" in said
    assert "Traceback" not in said


def test_a_wrong_option_is_not_blamed_on_the_environment() -> None:
    """The message names the place that the value came from."""
    said = refusal("--algorithm", "RS999", MOCK_IDP_ALGORITHM="RS256")
    assert "MOCK_IDP_ALGORITHM" not in said


@pytest.mark.parametrize(
    ("toml", "member"),
    [
        ("prot = 1", "prot: There is no such member here. Did you mean 'port'?"),
        ('port = "9400"', "port: This must be a whole number."),
        ('host = "0.0.0.0"', "host: 0.0.0.0 can be reached"),
        ('style = "keycloak"\noptions = { relm = "x" }', "options.relm"),
        ("[[issuers]]\nid = 'a'\nstyle = 'okta'\nstile = 1", "issuers.0.stile"),
        ("port 1", "This is not TOML"),
    ],
)
def test_a_wrong_member_of_the_file_is_named(toml: str, member: str, tmp_path: Path) -> None:
    """Exit status 2 with file and member."""
    file = tmp_path / "mock-idp.toml"
    file.write_text(toml)
    said = refusal("--config", str(file))
    assert str(file) in said
    assert member in said


WRONG_VALUES = {
    **{
        f"port-{value}": (f"port = {value}", "port") for value in ("true", "-1", "65536", "1.5", "nan", "9" * 400, "[]")
    },
    **{
        f"lifetime-{value}": (f"token_lifetime_seconds = {value}", "token_lifetime_seconds")
        for value in ("true", "0", "-1", "nan", "inf", "1e999", '"60"', "9" * 400, "2030-01-01")
    },
    **{f"text-{value}": (f"audience = {value}", "audience") for value in ("1", "true", '""', "[]", "{}")},
    **{f"flag-{value}": (f"quiet = {value}", "quiet") for value in ("1", '"true"', "nan")},
    **{f"list-{value}": (f"allowed_hosts = {value}", "allowed_hosts") for value in ('"a"', "[1]", '[""]')},
    **{f"issuers-{value}": (f"issuers = {value}", "issuers") for value in ("1", "{}", "[]", "[1]")},
}


@pytest.mark.parametrize(("toml", "member"), WRONG_VALUES.values(), ids=[name[:20] for name in WRONG_VALUES])
def test_a_value_of_the_wrong_type_or_range_is_refused_with_its_line(toml: str, member: str, tmp_path: Path) -> None:
    file = tmp_path / "mock-idp.toml"
    file.write_text(f"# A comment.\n{toml}\n")
    with pytest.raises(MockIdpError) as caught:
        read_settings(file)
    assert str(caught.value).startswith(f"{file}:2: {member}")


@pytest.mark.parametrize("read", [read_settings, read_issuers])
@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "bytes", "large", "deep", "digits", "missing"])
def test_what_is_no_file_of_settings_is_refused_and_not_waited_for(
    read: Callable[[Path], object], kind: str, tmp_path: Path
) -> None:
    file = tmp_path / "mock-idp.toml"
    content = {"bytes": b"\xff", "large": b"#" * 5_000_000, "deep": b"a=" + b"[" * 9999, "digits": b"a=" + b"9" * 5000}
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "device":
        file = Path("/dev/zero")
    elif kind != "missing":
        file.write_bytes(content[kind])
    with pytest.raises(MockIdpError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}:1: ")


def test_an_unknown_variable_is_told() -> None:
    """A warning names the one that was meant; variables of others are left alone."""
    with ServerProcess(
        "--algorithm", "ES256", environ={"MOCK_IDP_AUDIENCES": "x", **dict.fromkeys(OTHERS, "x")}
    ) as server:
        (line,) = [line for line in server.text().splitlines() if line.startswith("Warning")]
    assert line == "Warning: MOCK_IDP_AUDIENCES is no setting of this server. Did you mean 'MOCK_IDP_AUDIENCE'?"


def test_a_server_from_a_file(tmp_path: Path) -> None:
    """Settings and issuers in one file; its paths start from its own folder."""
    (tmp_path / "mock-idp.toml").write_text(
        'style = "keycloak"\nalgorithm = "ES256"\noptions = { realm = "orders" }\n'
        '[[issuers]]\nid = "partner"\nstyle = "okta"\nalgorithm = "ES256"\n'
    )
    with (
        ServerProcess("--config", str(tmp_path / "mock-idp.toml")) as server,
        Api(server.url) as api,
    ):
        found = {one["id"]: one["issuer"] for one in api.ok("GET", "/issuers")["issuers"]}
    assert found == {
        "default": "http://localhost:" + str(server.port) + "/realms/orders",
        "partner": "http://localhost:" + str(server.port) + "/i/partner/oauth2/default",
    }


def test_paths_in_a_file_start_from_its_folder(tmp_path: Path) -> None:
    """A folder that is mounted somewhere else still fits together."""
    file = tmp_path / "mock-idp.toml"
    file.write_text('tls_cert = "cert.pem"\ntls_key = "/etc/key.pem"\n')
    assert read_settings(file) == {"tls_cert": tmp_path / "cert.pem", "tls_key": Path("/etc/key.pem")}
