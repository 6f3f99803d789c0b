"""The permissions claim at a nested path, or a refusal that says why it cannot be there."""

from __future__ import annotations

from typing import Any

import pytest
from idp_api import Api, MakeIssuer


def minted(make_issuer: MakeIssuer, style: str, name: str, **spec: Any) -> dict[str, Any]:
    issuer = make_issuer(style, algorithm="ES256", permissions_claim=name)
    return dict(issuer.ok("POST", "/tokens", {"permissions": ["a:read"], **spec})["claims"])


@pytest.mark.parametrize("kind", ["machine", "user"])
def test_the_roles_of_a_realm(make_issuer: MakeIssuer, kind: str) -> None:
    """They stand behind those that each user of the realm has, and nowhere else."""
    claims = minted(make_issuer, "keycloak", "realm_access.roles", kind=kind)
    assert claims["realm_access"]["roles"][-1] == "a:read"
    assert "default-roles-tasker" in claims["realm_access"]["roles"]
    assert "realm_access.roles" not in claims


def test_a_path_that_is_not_there_yet(make_issuer: MakeIssuer) -> None:
    """It is made."""
    claims = minted(make_issuer, "custom", "app.access.rights")
    assert claims["app"] == {"access": {"rights": ["a:read"]}}


@pytest.mark.parametrize("name", ["https://app.example/permissions", "urn:app.example:permissions"])
def test_a_url_is_one_name(make_issuer: MakeIssuer, name: str) -> None:
    """Namespaced claims have dots of their own."""
    assert minted(make_issuer, "auth0", name)[name] == ["a:read"]


def test_scp_of_entra_is_one_string(make_issuer: MakeIssuer) -> None:
    """Also in the token of an application, which has none at the vendor's."""
    for kind in ("machine", "user"):
        assert minted(make_issuer, "entra", "scp", kind=kind)["scp"] == "a:read"


@pytest.mark.parametrize("name", ["iss.roles", "aud.a.b", "a..b", ".a", "a."])
def test_a_path_that_cannot_be(api: Api, name: str) -> None:
    """Refused when the issuer is made, with the member that is wrong."""
    spec = {"style": "custom", "algorithm": "ES256", "permissions_claim": name}
    answer = api.call("POST", "/issuers", spec)
    assert (answer.status_code, answer.json()["field"]) == (400, "permissions_claim")
