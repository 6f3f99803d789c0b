"""The commands that talk to a running server, and their help."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tomllib
from typing import Any

import click
import jwt
import pytest
from click.testing import CliRunner, Result
from idp_api import IssuerApi, MakeIssuer

from mock_idp.cli import main


def run(issuer: IssuerApi | None, command: str, *arguments: str) -> Result:
    """A command against the server of an issuer, as a shell would run it."""
    where = [] if issuer is None else ["--url", issuer.api.url, "--issuer", issuer.id]
    return CliRunner().invoke(main, [command, *where, *arguments], env={"MOCK_IDP_URL": None})


def claims_of(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(jwt.decode(result.stdout.strip(), options={"verify_signature": False}))


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_an_example(name: str) -> None:
    """Help explains the command and shows one line to paste."""
    text = CliRunner().invoke(main, [name, "--help"]).output
    assert f"Example: mock-idp {name}" in text


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_example_parses(name: str) -> None:
    """The example is a call the command takes."""
    command = main.commands[name]
    arguments = (command.epilog or "").removeprefix(f"Example: mock-idp {name}").partition(">>")[0].split()
    assert command.make_context(name, arguments, resilient_parsing=True)


def test_help_is_about_every_option() -> None:
    """No option without a word about it."""
    for command in main.commands.values():
        for option in (one for one in command.params if isinstance(one, click.Option)):
            assert option.help, f"{command.name} {option.opts}"


def test_ctrl_c_ends_a_command_that_waits_with_130() -> None:
    """Status 1 would say that a service broke a requirement."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(60)
        command = [sys.executable, "-m", "mock_idp", "token", "--url", f"http://127.0.0.1:{deaf.getsockname()[1]}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as asks:
            connection, _ = deaf.accept()
            asks.send_signal(signal.SIGINT)
            output, _ = asks.communicate(timeout=60)
            connection.close()
    assert (asks.returncode, output) == (130, "\n")


def test_token(issuer: IssuerApi) -> None:
    """The token and nothing else."""
    claims = claims_of(run(issuer, "token", "-p", "a:b", "-p", "c:d", "--subject", "me", "--audience", "x"))
    assert (claims["permissions"], claims["sub"], claims["aud"]) == (["a:b", "c:d"], "me", "x")


def test_token_that_expires(issuer: IssuerApi) -> None:
    """Seconds from now, also backwards."""
    issuer.ok("PUT", "/clock", {"at": 1000})
    assert claims_of(run(issuer, "token", "--expires-in", "-5"))["exp"] == 995


def test_token_with_claims(issuer: IssuerApi) -> None:
    """Claims are JSON."""
    claims = claims_of(run(issuer, "token", "--claim", "a=[1]", "--claim", 'b="x"'))
    assert (claims["a"], claims["b"]) == ([1], "x")


def test_token_from_a_spec(issuer: IssuerApi) -> None:
    """A whole spec, with options laid over it."""
    result = run(issuer, "token", "--spec", '{"claims":{"a":1},"subject":"old"}', "--subject", "new")
    claims = claims_of(result)
    assert (claims["a"], claims["sub"]) == (1, "new")


def test_broken_token(issuer: IssuerApi) -> None:
    """A mutation by its name."""
    result = run(issuer, "token", "--mutation", "alg-none", "--json")
    assert json.loads(result.stdout)["header"]["alg"].lower() == "none"


def test_rotate(issuer: IssuerApi) -> None:
    """Shows who signs now and what is published."""
    result = run(issuer, "rotate")
    assert result.stdout.splitlines()[0].split() == ["signing", issuer.kids()[0]]
    assert len(result.stdout.splitlines()) == 3


def test_keys(issuer: IssuerApi) -> None:
    """State and kid of each key, never cut."""
    (kid,) = issuer.kids()
    assert f"current  {kid}" in run(issuer, "keys").stdout


def test_keys_as_json(issuer: IssuerApi) -> None:
    """The whole answer for programs."""
    assert json.loads(run(issuer, "keys", "--json").stdout) == issuer.ok("GET", "/keys")


def test_issuers(issuer: IssuerApi) -> None:
    """One line for each issuer."""
    result = CliRunner().invoke(main, ["issuers", "--url", issuer.api.url])
    assert [issuer.id, "custom", issuer.about["issuer"], issuer.about["jwks_uri"]] in [
        line.split() for line in result.stdout.splitlines()
    ]


def test_tasker_config(make_issuer: MakeIssuer) -> None:
    """TOML with exactly the keys Tasker needs."""
    issuer = make_issuer("okta", algorithm="ES256", public_url="http://idp.tasker.test:9400")
    result = run(issuer, "tasker-config")
    assert tomllib.loads(result.stdout) == {
        "jwt_verification_method": "jwks",
        "jwks_url": issuer.about["jwks_uri"],
        "jwks_url_allow_http": True,
        "jwt_issuer": issuer.about["issuer"],
        "jwt_audience": "tasker-api",
        "jwt_allowed_algorithms": ["ES256"],
        "permissions_claim": "scp",
    }
    assert "#" not in result.stdout


def test_tasker_config_warns_of_localhost(issuer: IssuerApi) -> None:
    """Tasker does not fetch keys from localhost, so the lines say what to do."""
    assert "--public-url" in run(issuer, "tasker-config").stdout


def test_the_url_can_come_from_the_environment(issuer: IssuerApi) -> None:
    """MOCK_IDP_URL stands in for --url."""
    result = CliRunner().invoke(main, ["issuers", "--json"], env={"MOCK_IDP_URL": issuer.api.url})
    assert issuer.id in [each["id"] for each in json.loads(result.stdout)["issuers"]]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[::1", "ftp://127.0.0.1"])
def test_nobody_there(url: str) -> None:
    """Exit status 3, and what to do about it."""
    result = CliRunner().invoke(main, ["keys", "--url", url])
    assert result.exit_code == 3
    assert "mock-idp serve" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--issuer", "nobody"),
        ("--mutation", "alg-nun"),
        ("--spec", "{"),
        ("--spec", "[]"),
        ("--claim", "a"),
        ("--claim", "a=b"),
    ],
)
def test_wrong_arguments(issuer: IssuerApi, arguments: tuple[str, ...]) -> None:
    """Exit status 2 and one line, whether we or the server notice."""
    result = run(issuer, "token", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.strip().splitlines()) == 1
