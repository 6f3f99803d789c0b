"""A mock identity provider for the whole run, and an issuer of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from idp_api import Api, IssuerApi, MakeIssuer
from server_process import ServerProcess
from tls_api import tls_api

from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import ServerSettings


@pytest.fixture(scope="session")
def idp() -> Iterator[EmbeddedIdp]:
    """One server for all tests that need no settings of their own."""
    with EmbeddedIdp() as server:
        yield server
        server.raise_pending()


@pytest.fixture(scope="session")
def session_api(idp: EmbeddedIdp) -> Iterator[Api]:
    with Api(idp.url) as api:
        yield api


@pytest.fixture
def api(session_api: Api, idp: EmbeddedIdp) -> Iterator[Api]:
    """The control API of the shared server; an error in one of its threads fails the test."""
    yield session_api
    idp.raise_pending()


@pytest.fixture
def make_issuer(api: Api) -> Iterator[MakeIssuer]:
    """Makes issuers on the shared server and deletes them after the test."""
    made: list[IssuerApi] = []

    def make(style: str = "custom", **spec: Any) -> IssuerApi:
        made.append(IssuerApi(api, api.ok("POST", "/issuers", {"style": style, **spec})))
        return made[-1]

    yield make
    for issuer in made:
        api.call("DELETE", f"/issuers/{issuer.id}")


@pytest.fixture
def issuer(make_issuer: MakeIssuer) -> IssuerApi:
    """A custom issuer with elliptic keys, which cost nothing to make."""
    return make_issuer("custom", algorithm="ES256")


@pytest.fixture
def make_idp() -> Iterator[Callable[..., tuple[EmbeddedIdp, Api]]]:
    """Makes servers with settings of their own, ended after the test."""
    made: list[tuple[EmbeddedIdp, Api]] = []

    def make(**settings: Any) -> tuple[EmbeddedIdp, Api]:
        server = EmbeddedIdp(ServerSettings(**{"port": 0, "key_pool_size": 0, **settings}))
        made.append((server, Api(server.url)))
        return made[-1]

    yield make
    for server, api in made:
        api.close()
        server.close()
        server.raise_pending()


@pytest.fixture(scope="session")
def granian() -> Iterator[Api]:
    """One granian process for all tests that want to see what it does."""
    with ServerProcess("--style", "custom", "--algorithm", "ES256") as server, Api(server.url) as api:
        yield api


@pytest.fixture(params=["in-process", "granian"])
def faulty(request: pytest.FixtureRequest, idp: EmbeddedIdp) -> Iterator[IssuerApi]:
    """An issuer on each of the two servers."""
    api: Api = request.getfixturevalue("session_api" if request.param == "in-process" else "granian")
    issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
    yield issuer
    issuer.ok("DELETE", "")
    idp.raise_pending()


@pytest.fixture(scope="session")
def tls_idp() -> Iterator[EmbeddedIdp]:
    """One server that speaks TLS."""
    with EmbeddedIdp(tls=True) as server:
        yield server
        server.raise_pending()


@pytest.fixture
def ca_file(tls_idp: EmbeddedIdp) -> Path:
    """The CA to trust."""
    assert tls_idp.ca_file is not None
    return tls_idp.ca_file


@pytest.fixture
def tls_issuer(tls_idp: EmbeddedIdp, ca_file: Path) -> Iterator[IssuerApi]:
    """An issuer on that server."""
    with tls_api(tls_idp.url, ca_file) as api:
        issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
        yield issuer
        issuer.ok("DELETE", "")
