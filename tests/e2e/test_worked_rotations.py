"""The rotation of a vendor's page, worked through with the real Tasker worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests

from harness.targets import ServiceConfig, make_target
from mock_idp.cli.control_client import ControlClient
from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import IssuerSettings, ServerSettings

pytestmark = pytest.mark.tasker

READ_PATH, READ_PERMISSION = "/v1/templates", "worker:templates_read"
# What the page of the vendor starts the mock with; but the worker reads permissions from this claim and no other.
_CLAIM = "permissions"
VENDORS: dict[str, dict[str, Any]] = {
    "auth0": {"audience": "https://api.example.com/"},
    # As the server sends it, "aud" is an array, and the worker refuses every array (a finding of the matrix).
    "keycloak": {"options": {"realm": "acme", "aud": "string"}},
    "okta": {"audience": "api://default", "permissions_claim": _CLAIM},
    "entra": {"audience": "6731de76-14a6-49ae-97bc-6eba6914391e", "permissions_claim": _CLAIM},
    "cognito": {"options": {"aud": "string"}, "permissions_claim": _CLAIM},
    "google": {"audience": "https://tasker.example.com"},
    "custom": {"options": {"issuer_path": "/idp", "token_path": "/idp/token"}},
}


@pytest.fixture(scope="module")
def target() -> Iterator[Any]:
    made = make_target("tasker-worker", {})
    if reason := made.available():
        pytest.skip(reason)
    with closing(made):
        yield made


def _let_in(url: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(url + READ_PATH, headers=headers, timeout=10, proxies={"no_proxy": "*"}).status_code


@pytest.mark.xdist_group("worked-rotations")
@pytest.mark.parametrize("style", VENDORS)
def test_a_rotation(target: Any, style: str) -> None:
    """A token of the new key is let in at once, and one of the old key still is."""
    # The workers know the identity provider by a name of its own.
    public_url = target.jwks_base_url(0)
    settings = IssuerSettings(id="default", style=style, mount="root", public_url=public_url, **VENDORS[style])
    with EmbeddedIdp(ServerSettings(port=0, issuers=(settings,))) as idp:
        control = ControlClient(idp.url)

        def call(method: str, *path: str, body: Any = None) -> Any:
            return control.call(method, "issuers", "default", *path, body=body)

        about = call("GET")
        service = target.start(
            ServiceConfig(
                issuer=about["issuer"],
                jwks_url=about["jwks_uri"],
                audience=about["audience"],
                permissions_claim=about["permissions_claim"],
                idp_address=f"127.0.0.1:{idp.port}",
            )
        )

        def token() -> dict[str, Any]:
            made: dict[str, Any] = call("POST", "tokens", body={"permissions": [READ_PERMISSION]})
            return made

        old = token()
        before = _let_in(service.base_url, old["token"])
        call("POST", "rotate")
        fresh = token()
        assert fresh["kid"] != old["kid"]
        after = [_let_in(service.base_url, one["token"]) for one in (fresh, old)]
        assert [before, *after] == [200, 200, 200]
