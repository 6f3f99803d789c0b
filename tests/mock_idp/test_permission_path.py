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


@pytest.mark.parametrize("kind", ["machine", "user"])
@pytest.mark.parametrize(
    "style", ["auth0", "cognito", "custom", "entra", "google", "keycloak", "mcp", "okta", "windmill"]
)
def test_a_scope_is_one_text(make_issuer: MakeIssuer, style: str, kind: str) -> None:
    """RFC 9068 section 2.2.3 has it so, and no vendor otherwise; each word is there once, and no empty text."""
    claims = minted(make_issuer, style, "scope", kind=kind, permissions=["a:read", "b"])
    # What a user grants is in Entra ID's own claim of the kind.
    words = claims["scp" if (style, kind) == ("entra", "user") else "scope"].split(" ")
    assert words[-2:] == ["a:read", "b"]
    assert len(words) == len({*words})
    none = minted(make_issuer, style, "scope", kind=kind, permissions=[])
    assert none.get("scope", "x") != ""


@pytest.mark.parametrize("style", ["custom", "mcp"])
def test_a_scope_of_duende_is_an_array(make_issuer: MakeIssuer, style: str) -> None:
    """IdentityServer writes it so."""
    array = {"options": {"scope": "array"}, "algorithm": "ES256"}
    issuer = make_issuer(style, permissions_claim="scope", **array)
    assert issuer.ok("POST", "/tokens", {"permissions": ["a:read", "b"]})["claims"]["scope"] == ["a:read", "b"]
    assert "scope" not in issuer.ok("POST", "/tokens", {"permissions": []})["claims"]


@pytest.mark.parametrize("name", ["iss.roles", "aud.a.b", "a..b", ".a", "a."])
def test_a_path_that_cannot_be(api: Api, name: str) -> None:
    """Refused when the issuer is made, with the member that is wrong."""
    spec = {"style": "custom", "algorithm": "ES256", "permissions_claim": name}
    answer = api.call("POST", "/issuers", spec)
    assert (answer.status_code, answer.json()["field"]) == (400, "permissions_claim")
