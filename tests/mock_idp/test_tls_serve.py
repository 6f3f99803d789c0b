"""`mock-idp serve --tls` as a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from idp_api import IssuerApi, raw_exchange
from server_process import ServerProcess
from tls_api import Exchange, fetch, names_of, tls_api


def ca_of(server: ServerProcess) -> Path:
    return Path(json.loads(server.ready_file.read_text())["ca_file"])


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--tls", "--tls-host", "idp.test", "--algorithm", "ES256") as running:
        yield running
        assert "Traceback" not in running.text()


def printed(server: ServerProcess, marker: str) -> list[str]:
    return [line.strip() for line in server.text().splitlines() if line.strip().startswith(marker)]


def shell(line: str) -> dict[str, Any]:
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=30, check=True)
    return dict(json.loads(done.stdout))


def gives_up(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mock_idp", "serve", "--port", "0", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_the_printed_curl_lines_work(server: ServerProcess) -> None:
    """Keys, a token and a rotation by pasting what stands on the screen."""
    keys, token, rotate, _ = printed(server, "curl ")
    assert shell(keys)["keys"]
    assert shell(token)["access_token"]
    assert shell(rotate)["signing"]


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_the_printed_variables_work(server: ServerProcess, variable: str) -> None:
    """A client that is started with one of them trusts the server."""
    (line,) = printed(server, f"export {variable}=")
    client = {
        "SSL_CERT_FILE": "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).status)",
        "REQUESTS_CA_BUNDLE": "import sys, requests; print(requests.get(sys.argv[1]).status_code)",
    }[variable]
    url = f"https://localhost:{server.port}/.well-known/jwks.json"
    command = f"{line.partition('#')[0]}; {sys.executable} -c '{client}' {url}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30, env=without_proxies())
    assert done.stdout.strip() == "200", done.stderr


def without_proxies() -> dict[str, str]:
    ours = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return {name: text for name, text in os.environ.items() if "proxy" not in name.lower() and name not in ours}


def test_its_path_is_printed(server: ServerProcess) -> None:
    """And stands in the ready file."""
    assert f"The CA to trust, until the server ends: {ca_of(server)}" in server.text()


def test_no_private_key_is_printed(server: ServerProcess) -> None:
    """Nor is a certificate."""
    assert "-----BEGIN" not in server.text()


def test_the_names(server: ServerProcess) -> None:
    """The usual ones, and that of --tls-host."""
    assert names_of(server.port, ca_of(server)) == {"localhost", "127.0.0.1", "::1", "idp.test"}


def test_plain_http_is_told_so(server: ServerProcess) -> None:
    """400 and a sentence."""
    answer = raw_exchange(server.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_discovery_names_the_public_url() -> None:
    """The certificate has its host, too."""
    with ServerProcess("--tls", "--public-url", "https://idp.tasker.test:9400", "--algorithm", "ES256") as server:
        discovery = fetch(f"{server.url}/.well-known/openid-configuration", ca_of(server)).json()
        assert discovery["issuer"] == "https://idp.tasker.test:9400"
        assert discovery["jwks_uri"] == "https://idp.tasker.test:9400/.well-known/jwks.json"
        assert "idp.tasker.test" in names_of(server.port, ca_of(server))


@pytest.mark.parametrize("kind", ["truncate", "reset", "drip"])
def test_faults_of_the_connection(server: ServerProcess, kind: str) -> None:
    """The client sees the fault, and the server goes on."""
    ca_file = ca_of(server)
    with tls_api(server.url, ca_file) as api:
        issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
        issuer.fault(kind, times=1, **({"bytes_per_second": 100_000} if kind == "drip" else {}))
        with Exchange(issuer, server.port, ca_file) as exchange:
            if kind == "reset":
                assert exchange.is_reset()
            else:
                assert exchange.rest().startswith(b"HTTP/1.1 200 ")
        assert fetch(issuer.local(issuer.about["jwks_uri"]), ca_file).status_code == 200


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left(signum: signal.Signals) -> None:
    """The files go with the server, whatever hangs."""
    with ServerProcess("--tls", "--algorithm", "ES256") as server:
        ca_file = ca_of(server)
        with tls_api(server.url, ca_file) as api:
            api.ok("POST", "/issuers/default/faults", {"on": "discovery", "kind": "hang"})
        with socket.create_connection(("127.0.0.1", server.port)):  # Never begins its handshake.
            server.process.send_signal(signum)
            assert server.process.wait(timeout=5) == 0
        assert not ca_file.parent.exists()
        assert not server.ready_file.exists()


def test_a_certificate_that_is_brought_along(tmp_path: Path) -> None:
    """It is shown; no CA is named, and the files stay."""
    ca = trustme.CA()
    pair = ca.issue_cert("localhost", "127.0.0.1")
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    pair.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    pair.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    files = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    with ServerProcess(*files, "--algorithm", "ES256") as server:
        assert "ca_file" not in json.loads(server.ready_file.read_text())
        assert fetch(f"{server.url}/.well-known/jwks.json", tmp_path / "ca.pem").status_code == 200
        assert "The CA to trust" not in server.text()
        with pytest.raises(requests.exceptions.SSLError):
            fetch(f"{server.url}/.well-known/jwks.json", True)
    assert (tmp_path / "key.pem").exists()


def test_a_taken_port() -> None:
    """Status 3, as without TLS, and nothing is left."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = gives_up("--tls", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout) == (3, "")
    assert "Cannot listen" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--tls-cert", "cert.pem"], "tls_key"),
        (["--tls-key", "key.pem"], "tls_cert"),
        (["--tls-cert", "/no/cert.pem", "--tls-key", "/no/key.pem"], "tls_cert"),
        (["--tls-cert", "a", "--tls-key", "b", "--tls-host", "c"], "tls_host"),
        (["--tls", "--tls-host", "not a host"], "tls_host"),
        (["--tls", "--public-url", "http://localhost:9400"], "public_url"),
    ],
)
def test_wrong_arguments(arguments: list[str], field: str) -> None:
    """Exit status 2 and a sentence that names the option, before anything is served."""
    done = gives_up(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {field}: ")


def test_the_commands_reach_it(server: ServerProcess) -> None:
    """`mock-idp` itself, with the CA in SSL_CERT_FILE."""
    command = [sys.executable, "-m", "mock_idp", "issuers", "--url", server.url]
    env = without_proxies() | {"SSL_CERT_FILE": str(ca_of(server))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True, env=env)
    assert f"https://localhost:{server.port}" in done.stdout


def test_without_a_folder_for_temporary_files_it_ends_with_status_3() -> None:
    """And says what to do; no traceback."""
    code = (
        "import sys, tempfile; tempfile.tempdir = '/nowhere/at all'; sys.argv[1:] = ['serve', '--tls', '--port', '0']\n"
    )
    code += "from mock_idp.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "/nowhere/at all" in done.stderr, "TMPDIR" in done.stderr) == (3, True, True), done.stderr
    assert "Traceback" not in done.stderr
