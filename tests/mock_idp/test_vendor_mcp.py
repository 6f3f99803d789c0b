"""The authorization server of MCP clients: what differs from any other provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from idp_api import MakeIssuer

from mock_idp.settings import IssuerSettings


@pytest.mark.parametrize(
    ("mount", "path", "places"),
    [
        ("root", "", ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")),
        (
            "root",
            "/t",
            (
                *("/.well-known/oauth-authorization-server/t", "/.well-known/openid-configuration/t"),
                "/t/.well-known/openid-configuration",
            ),
        ),
        (
            None,
            "",
            (
                *("/.well-known/oauth-authorization-server/i/a", "/.well-known/openid-configuration/i/a"),
                "/i/a/.well-known/openid-configuration",
            ),
        ),
    ],
)
def test_metadata_is_where_clients_look(make_idp: Callable[..., Any], mount: Any, path: str, places: Any) -> None:
    """MCP 2025-11-25, Authorization Server Metadata Discovery: each place, and in each the issuer of that place."""
    settings = IssuerSettings(id="a", style="mcp", algorithm="ES256", mount=mount, options={"issuer_path": path})
    _, api = make_idp(issuers=(settings,))
    issuer = api.ok("GET", "/issuers/a")["issuer"]
    assert [api.session.get(api.url + place).json()["issuer"] for place in places] == [issuer] * len(places)


def test_what_the_metadata_promise(make_issuer: MakeIssuer) -> None:
    """PKCE with S256 alone, iss in responses, the algorithms of assertions (RFC 8414 section 2), no password."""
    document = make_issuer("mcp", algorithm="ES256").get("discovery_url").json()
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert "RS256" in document["token_endpoint_auth_signing_alg_values_supported"]
    assert "password" not in document["grant_types_supported"]
    assert document["registration_endpoint"].endswith("/oauth2/register")


def test_an_endpoint_that_is_not_served_is_not_promised(make_issuer: MakeIssuer) -> None:
    """Registration can be off."""
    issuer = make_issuer("mcp", algorithm="ES256", options={"registration": False})
    assert "registration_endpoint" not in issuer.get("discovery_url").json()
    url = issuer.local(issuer.about["issuer"] + "/oauth2/register")
    assert issuer.api.session.post(url, json={}).status_code == 404


@pytest.mark.parametrize(("asked", "scope"), [(["notes:list", "notes:read"], "notes:list notes:read"), ([], None)])
def test_permissions_are_the_scope(make_issuer: MakeIssuer, asked: list[str], scope: str | None) -> None:
    """One text (RFC 9068 section 2.2.3), and nothing where there is no word."""
    claims = make_issuer("mcp", algorithm="ES256").ok("POST", "/tokens", {"permissions": asked})["claims"]
    assert (claims.get("scope"), "permissions" in claims) == (scope, False)


def test_permissions_can_stand_elsewhere(make_issuer: MakeIssuer) -> None:
    """In a list of that name, beside the scope."""
    issuer = make_issuer("mcp", algorithm="ES256", permissions_claim="roles")
    claims = issuer.ok("POST", "/tokens", {"permissions": ["a"]})["claims"]
    assert (claims["roles"], claims["scope"]) == (["a"], "a")
