"""The pytest plugin for your own suite: a mock identity provider, and an issuer of its own for each test.

    def test_my_service_accepts_a_token(issuer):
        token = issuer.token(permissions=["tasks:list"])
        ...

It loads in every pytest start of its environment, so nothing heavy is imported outside the fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.idp.embedded import Embedded
    from harness.idp.mock_issuer import MockIssuer


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "issuer(style='auth0', **settings): how the `issuer` fixture's issuer is made, "
        "as in the control API's POST /_mock/issuers",
    )


@pytest.fixture(scope="session")
def mock_idp() -> Iterator[Embedded]:
    """A mock identity provider in this process, on a free loopback port; `mock_idp.url` is its address.

    Every xdist worker has one of its own, so tests never share state.
    """
    from harness.idp import embedded

    server = embedded.start()
    yield server
    server.close()


@pytest.fixture
def issuer(request: pytest.FixtureRequest, mock_idp: Embedded) -> Iterator[MockIssuer]:
    """An issuer for this test alone: its keys, clock, faults and request log are nobody else's.

    Auth0's style unless the test says otherwise: `@pytest.mark.issuer(style="okta")`.
    """
    from harness.idp.client import IdpClient
    from harness.idp.mock_issuer import MockIssuer

    marker = request.node.get_closest_marker("issuer")
    settings: dict[str, Any] = {"style": "auth0", **(marker.kwargs if marker else {})}
    client = IdpClient(mock_idp.url)
    made = MockIssuer(client.create_issuer(**settings))
    yield made
    made.delete()
    client.close()
