"""A mock identity provider for the flows, with a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from client_site import Site, site_server
from relying_party import START, MakeRp, Rp

from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import ServerSettings


@pytest.fixture(scope="session")
def idp() -> Iterator[EmbeddedIdp]:
    """One server for all tests; issuers are made and deleted on it."""
    settings = ServerSettings(port=0, key_pool_size=0, recycle_keys=True)
    with EmbeddedIdp(settings, wall=lambda: START) as server:
        yield server
        server.raise_pending()


@pytest.fixture
def make_rp(idp: EmbeddedIdp) -> Iterator[MakeRp]:
    """Makes an issuer and somebody who uses it; both end with the test."""
    made: list[Rp] = []

    def make(style: str = "custom", **spec: Any) -> Rp:
        made.append(Rp(idp.url, {"style": style, "algorithm": "ES256", **spec}))
        return made[-1]

    yield make
    for one in made:
        one.close()
    idp.raise_pending()


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    """A custom issuer that declares neither clients nor users."""
    return make_rp()


@pytest.fixture(scope="module")
def client_server() -> Iterator[ThreadingHTTPServer]:
    """Where the sites of clients are."""
    with site_server() as server:
        yield server


@pytest.fixture
def site(client_server: ThreadingHTTPServer) -> Site:
    """A web server of a client that has nothing yet."""
    client_server.site = site = Site(client_server.server_port)  # type: ignore[attr-defined]
    return site
