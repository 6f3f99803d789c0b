"""Clients that hang, drip or say nothing keep nobody else from the health check, the control API and the tokens."""

from __future__ import annotations

import resource
import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from idp_api import Api, IssuerApi
from server_process import ServerProcess
from tls_api import tls_api, trusting

from mock_idp.embed import EmbeddedIdp
from mock_idp.issuer.places import MAX_HELD, MAX_WAITS

# More than a machine needs that is busy with other tests; a server that is locked up answers never.
SECONDS = 60.0
CROWD = 300
# A handshake costs as much as a hundred connections without one.
TLS_CROWD = 40
# All a test needs beside its crowd.
OTHER_FILES = 200


class TargetOptions:
    """An issuer on one of the servers, and raw connections to that server."""

    def __init__(self, api: Api, ca_file: Path | None, stack: ExitStack) -> None:
        self.api = api
        self.issuer = self._issuer()
        self.other = self._issuer()
        self.size = CROWD if ca_file is None else TLS_CROWD
        self.connections: list[socket.socket] = []
        self._tls = None if ca_file is None else trusting(ca_file)
        self._stack = stack

    def _issuer(self) -> IssuerApi:
        return IssuerApi(self.api, self.api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))

    def crowd(self, said: bytes, count: int | None = None, *, plain: bool = False) -> None:
        """So many connections (None: the usual crowd) on each of which this is said; `plain` is below TLS."""
        port = int(self.api.url.rpartition(":")[2])
        for _ in range(self.size if count is None else count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
            if self._tls is not None and not plain:
                connection = self._tls.wrap_socket(connection, server_hostname="localhost")
            self._stack.enter_context(connection)
            connection.sendall(said)
            self.connections.append(connection)

    def assert_others_are_served(self) -> None:
        """The health check, both parts of the control API, and another issuer's keys and tokens."""
        assert self.api.call("GET", "/health").json()["status"] == "ready"
        assert self.issuer.ok("GET", "/clock")["at"] is None
        assert self.issuer.ok("POST", "/tokens", {})["token"]
        keys = self.api.session.get(self.other.local(self.other.about["jwks_uri"]), timeout=SECONDS)
        assert keys.json()["keys"]
        form = {"grant_type": "client_credentials", "client_id": "a"}
        answer = self.api.session.post(self.other.local(self.other.about["token_endpoint"]), data=form, timeout=SECONDS)
        assert answer.status_code == 200

    def request(self, url: str, method: str = "GET") -> bytes:
        target = urlsplit(url)._replace(scheme="", netloc="").geturl()
        return f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def close(self) -> None:
        for issuer in (self.issuer, self.other):
            issuer.ok("DELETE", "")


@pytest.fixture
def many_files() -> Iterator[None]:
    """Room for a crowd of open connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * 1100 + OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"a process may open {hard} files here, and this takes {wanted}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(params=["in-process", "granian", "tls"])
def judged(request: pytest.FixtureRequest, many_files: None) -> Iterator[TargetOptions]:
    """Each of the servers in turn."""
    with ExitStack() as stack:
        ca_file = None
        if request.param == "tls":
            server: EmbeddedIdp = request.getfixturevalue("tls_idp")
            ca_file = server.ca_file
            assert ca_file is not None
            api = stack.enter_context(tls_api(server.url, ca_file))
        else:
            name = {"in-process": "session_api", "granian": "granian"}[request.param]
            api = request.getfixturevalue(name)
        one = TargetOptions(api, ca_file, stack)
        yield one
        one.close()


def test_a_planned_hang(judged: TargetOptions) -> None:
    """Three hundred requests that hang lock nobody out, and get their answers once released."""
    judged.issuer.fault("hang", max_seconds=60)
    judged.crowd(judged.request(judged.issuer.about["jwks_uri"]))
    judged.issuer.ok("GET", f"/requests/wait?count={judged.size}&timeout=20")
    judged.assert_others_are_served()
    judged.issuer.ok("POST", "/faults/release")
    assert {connection.recv(15) for connection in judged.connections} == {b"HTTP/1.1 200 OK"}


def test_a_scripted_delay(judged: TargetOptions) -> None:
    """Nor do scripted answers that are late."""
    judged.issuer.ok("POST", "/script", {"on": "token", "delay_seconds": 60, "times": None})
    judged.crowd(judged.request(judged.issuer.about["token_endpoint"], "POST"))
    judged.issuer.ok("GET", f"/requests/wait?count={judged.size}&timeout=20")
    judged.assert_others_are_served()


def test_calls_that_wait(judged: TargetOptions) -> None:
    """Nor calls of the control API that wait; those too many are told."""
    path = f"{judged.api.url}/_mock/issuers/{judged.issuer.id}/requests/wait?count=9&timeout=60"
    judged.crowd(judged.request(path))
    if judged.size > MAX_WAITS:
        with selectors.DefaultSelector() as selector:
            for connection in judged.connections:
                selector.register(connection, selectors.EVENT_READ)
            refused = next(key.fileobj for key, _ in selector.select(SECONDS)).recv(10_000)  # type: ignore[union-attr]
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b'"too_many_waiting"' in refused
    judged.assert_others_are_served()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: lo",
        b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\na=",
        b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["silent", "half a head", "half a body", "keep-alive"],
)
def test_connections_that_only_stay(judged: TargetOptions, said: bytes) -> None:
    """More of them than granian takes by itself."""
    judged.crowd(said, TLS_CROWD if judged.size == TLS_CROWD else 1100)
    judged.assert_others_are_served()


@pytest.mark.parametrize("said", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01"], ids=["silent", "a byte", "half a hello"])
def test_handshakes_that_never_end(tls_idp: EmbeddedIdp, ca_file: Path, many_files: None, said: bytes) -> None:
    """They hold a thread each, and nobody up."""
    with ExitStack() as stack, tls_api(tls_idp.url, ca_file) as api:
        judged = TargetOptions(api, ca_file, stack)
        judged.crowd(said, CROWD, plain=True)
        judged.assert_others_are_served()
        judged.close()


def test_more_than_can_be_held(many_files: None) -> None:
    """The one too many is told, in the form of other errors, and stands in the log."""
    with EmbeddedIdp() as idp, Api(idp.url) as api, ExitStack() as stack:
        judged = TargetOptions(api, None, stack)
        judged.issuer.fault("hang", max_seconds=60)
        request = judged.request(judged.issuer.about["jwks_uri"])
        judged.crowd(request, MAX_HELD)
        judged.issuer.ok("GET", f"/requests/wait?count={MAX_HELD}&timeout=20")
        answer = judged.issuer.get()
        assert (answer.status_code, answer.json()["error"]) == (503, "too_many_waiting")
        assert judged.issuer.log(f"?since={MAX_HELD}")[0]["status"] == 503
        judged.assert_others_are_served()
        idp.raise_pending()


def test_the_end_waits_for_nobody(many_files: None) -> None:
    """SIGTERM ends a server on which a crowd hangs and another crowd sends half a body."""
    with ServerProcess("--algorithm", "ES256") as server, Api(server.url) as api, ExitStack() as stack:
        judged = TargetOptions(api, None, stack)
        judged.issuer.fault("hang", max_seconds=60)
        judged.crowd(judged.request(judged.issuer.about["jwks_uri"]))
        judged.crowd(b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\na=")
        judged.issuer.ok("GET", f"/requests/wait?count={CROWD}&timeout=20")
        server.process.terminate()
        assert server.process.wait(SECONDS) == 0
        assert "Traceback" not in server.text()
