"""`mock-idp serve` as a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import psutil
import pytest
import requests
from idp_api import Api
from server_process import ServerProcess

JWKS_PATHS = {
    "auth0": "/.well-known/jwks.json",
    "keycloak": "/realms/tasker/protocol/openid-connect/certs",
    "okta": "/oauth2/default/v1/keys",
    "custom": "/.well-known/jwks.json",
}


@pytest.fixture(scope="module", params=sorted(JWKS_PATHS))
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, ServerProcess]]:
    """A server of each style."""
    with ServerProcess("--style", request.param) as server:
        yield request.param, server


def printed(server: ServerProcess, marker: str) -> list[str]:
    return [line.strip() for line in server.text().splitlines() if line.strip().startswith(marker)]


def shell(line: str) -> dict[str, Any]:
    """What a pasted command prints, decoded."""
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=30, check=True)
    return dict(json.loads(done.stdout))


def fetch(url: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=20)


def run_serve(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A serve that is expected to give up."""
    command = [sys.executable, "-m", "mock_idp", "serve", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, env=os.environ | (environ or {})
    )


def test_the_vendors_own_root_layout(served: tuple[str, ServerProcess]) -> None:
    """The one issuer of the plain command has the vendor's paths at the root."""
    style, server = served
    assert fetch(server.url + JWKS_PATHS[style]).json()["keys"]


def test_the_printed_curl_lines_work(served: tuple[str, ServerProcess]) -> None:
    """Keys, a token and a rotation by pasting what stands on the screen; the token verifies with the keys."""
    _, server = served
    keys_line, token_line, rotate_line = printed(server, "curl ")
    token = shell(token_line)["access_token"]
    keys = {key["kid"]: key for key in shell(keys_line)["keys"]}
    key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="tasker-api")
    assert "tasks:create" in str(claims)
    assert shell(rotate_line)["signing"] != key.key_id


def test_the_printed_toml(served: tuple[str, ServerProcess]) -> None:
    """The Tasker lines parse and fit the issuer."""
    _, server = served
    lines = server.text().split("[web.auth]:\n")[1].split("\n\n")[0]
    config = tomllib.loads(lines)
    with Api(server.url) as api:
        tasker = api.ok("GET", "/issuers/default")["tasker"]
    assert {name: config[name] for name in tasker} == tasker


def test_no_other_process(served: tuple[str, ServerProcess]) -> None:
    """Everything runs in one process, so there is nothing that could be left behind."""
    assert psutil.Process(served[1].process.pid).children(recursive=True) == []


def test_more_issuers(served: tuple[str, ServerProcess]) -> None:
    """Others live below /i/<id>."""
    with Api(served[1].url) as api:
        made = api.ok("POST", "/issuers", {"style": "okta", "algorithm": "ES256"})
    assert f"/i/{made['id']}/" in made["jwks_uri"]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left(signum: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and kill -9 end everything at once: no process, no port."""
    with ServerProcess("--algorithm", "ES256") as server:
        pid = server.process.pid
        server.process.send_signal(signum)
        status = server.process.wait(timeout=5)
        assert status == (-signal.SIGKILL if signum == signal.SIGKILL else 0)
        assert not psutil.pid_exists(pid)
        with socket.create_server(("127.0.0.1", server.port)):
            pass
        assert server.ready_file.exists() == (signum == signal.SIGKILL)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_hanging_requests_do_not_hold_it_up(signum: signal.Signals) -> None:
    """Requests that hang, and waits for the log, end with the server."""
    with ServerProcess("--algorithm", "ES256") as server, Api(server.url) as api:
        api.ok("POST", "/issuers/default/faults", {"on": "jwks", "kind": "hang"})
        with socket.create_connection(("127.0.0.1", server.port)) as hanging:
            hanging.sendall(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
            api.ok("GET", "/issuers/default/requests/wait?timeout=20")
            server.process.send_signal(signum)
            assert server.process.wait(timeout=5) == 0
            assert hanging.recv(1000) == b""
        assert "Traceback" not in server.text()


def test_a_taken_port() -> None:
    """Two servers do not share a port; the second one says so with status 3."""
    with ServerProcess("--algorithm", "ES256") as server:
        done = run_serve("--port", str(server.port))
        assert (done.returncode, done.stdout) == (3, "")
        assert "Cannot listen" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),
        (["--host", "0.0.0.0", "--allow-remote"], "control token"),
        (["--algorithm", "RS999"], "RS512"),
        (["--algorithm", "HS256"], "HS256"),
        (["--style", "keycloak", "--option", "relm=x"], "realm"),
        (["--option", "realm"], "NAME=VALUE"),
        (["--public-url", "localhost"], "public_url"),
        (["--issuers", "/no/such/file.toml"], "/no/such/file.toml:1: The file can't be read"),
        (["--ready-file", "/no/such/folder/ready"], "folder"),
        (["--style", "ping"], "ping"),
    ],
)
def test_wrong_arguments(arguments: list[str], word: str) -> None:
    """Exit status 2 and a sentence that helps, before anything is served."""
    done = run_serve("--port", "0", *arguments)
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_remote_with_a_token_from_the_environment() -> None:
    """The control token need not stand in the process list."""
    with ServerProcess(
        "--host", "0.0.0.0", "--allow-remote", "--algorithm", "ES256", environ={"MOCK_IDP_CONTROL_TOKEN": "s3"}
    ) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert fetch(f"{url}/.well-known/jwks.json").status_code == 200
        assert fetch(f"{url}/_mock/issuers").status_code == 401
        assert "s3" not in server.text()
        (line,) = [line for line in printed(server, "curl ") if "rotate" in line]
        assert shell(f"export MOCK_IDP_CONTROL_TOKEN=s3; {line}")["signing"]


def test_issuers_from_a_file(tmp_path: Path) -> None:
    """A TOML file names the issuers of the start."""
    file = tmp_path / "issuers.toml"
    file.write_text(
        """
        [[issuers]]
        id = "main"
        style = "keycloak"
        mount = "root"
        algorithm = "ES256"
        options = { realm = "demo" }

        [[issuers]]
        id = "second"
        style = "custom"
        [[issuers.keys]]
        name = "k1"
        algorithm = "EdDSA"
        """
    )
    with ServerProcess("--issuers", str(file)) as server:
        assert fetch(f"{server.url}/realms/demo/protocol/openid-connect/certs").status_code == 200
        with Api(server.url) as api:
            assert [issuer["id"] for issuer in api.ok("GET", "/issuers")["issuers"]] == ["main", "second"]
            assert api.ok("GET", "/issuers/second/keys")["keys"][0]["name"] == "k1"


def test_quiet() -> None:
    """Nothing on the screen, for scripts."""
    with ServerProcess("--quiet", "--algorithm", "ES256") as server:
        assert server.text() == ""


def test_the_public_url_is_not_the_address() -> None:
    """Documents carry the public URL; the curl lines go where this machine reaches the server."""
    with ServerProcess("--public-url", "http://idp.tasker.test:9400", "--algorithm", "ES256") as server:
        (keys_line, *_) = printed(server, "curl ")
        assert shell(keys_line)["keys"]
        assert 'jwks_url = "http://idp.tasker.test:9400/.well-known/jwks.json"' in server.text()


def test_the_log_has_the_path_of_an_absolute_request() -> None:
    """A service behind a forward proxy asks granian for a whole URL."""
    with ServerProcess("--algorithm", "ES256") as server, Api(server.url) as api:
        with requests.Session() as session:
            session.proxies = {"http": server.url}
            assert session.get("http://idp.tasker.test/.well-known/jwks.json", timeout=20).status_code == 200
        (entry,) = api.ok("GET", "/issuers/default/requests")["requests"]
        assert (entry["path"], entry["headers"]["host"]) == ("/.well-known/jwks.json", "idp.tasker.test")
