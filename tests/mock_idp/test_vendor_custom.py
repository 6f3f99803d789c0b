"""A custom issuer is what its options say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from idp_api import IssuerApi, MakeIssuer

from mock_idp.settings import IssuerSettings


def test_jwk_members(make_issuer: MakeIssuer) -> None:
    """The members Tasker asks of any JWKS endpoint."""
    assert [list(key) for key in make_issuer("custom").jwks()["keys"]] == [["kty", "kid", "use", "alg", "n", "e"]]


def test_paths_are_options(make_issuer: MakeIssuer) -> None:
    """Issuer, JWKS, discovery and token path can be anything."""
    options = {
        "issuer_path": "/idp/",
        "jwks_path": "/keys.json",
        "discovery_path": "/meta",
        "token_path": "/t",
    }
    issuer = make_issuer("custom", algorithm="ES256", options=options)
    base = issuer.about["issuer"].removesuffix("/idp/")
    assert issuer.about["jwks_uri"] == base + "/keys.json"
    assert issuer.get().status_code == 200
    assert issuer.get("discovery_url").json()["token_endpoint"] == base + "/t"


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("mount", ["root", None])
def test_an_issuer_with_a_path_is_found(make_idp: Callable[..., Any], slash: str, mount: Any) -> None:
    """OpenID Connect Discovery section 4 appends to the issuer, RFC 8414 sections 3.1 and 5 insert before its path."""
    options = {"issuer_path": f"/id/ABC123{slash}"}
    settings = IssuerSettings(id="a", style="custom", algorithm="ES256", mount=mount, options=options)
    _, api = make_idp(issuers=(settings,))
    about = api.ok("GET", "/issuers/a")
    issuer, path = about["issuer"], "/id/ABC123" if mount else "/i/a/id/ABC123"
    assert about["discovery_url"] == f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    names = ("openid-configuration", "oauth-authorization-server")
    forms = [f"{path}/.well-known/{name}" for name in names] + [f"/.well-known/{name}{path}{slash}" for name in names]
    for form in forms:
        assert api.session.get(api.url + form).json()["issuer"] == issuer, form
    # The document of the issuer at the root would name another issuer than the one it was looked up for.
    for name in names:
        assert api.session.get(f"{api.url}/.well-known/{name}").status_code == 404


def test_an_issuer_of_its_own_paths_is_found(issuer: IssuerApi) -> None:
    """Below `/i/ID` as well, before that path and behind it."""
    path = issuer.about["issuer"].partition("/i/")[2]
    for name in ("openid-configuration", "oauth-authorization-server"):
        for form in (f"/i/{path}/.well-known/{name}", f"/.well-known/{name}/i/{path}"):
            assert issuer.api.session.get(issuer.api.url + form).json()["issuer"] == issuer.about["issuer"], form


def test_access_tokens_say_what_they_are(make_issuer: MakeIssuer) -> None:
    """typ is at+jwt (RFC 9068 section 2.1)."""
    issuer = make_issuer("custom", algorithm="ES256")
    assert jwt.get_unverified_header(issuer.mint())["typ"] == "at+jwt"


def test_typ_can_be_left_out(make_issuer: MakeIssuer) -> None:
    """null leaves the header member out."""
    issuer = make_issuer("custom", algorithm="ES256", options={"typ": None})
    assert list(jwt.get_unverified_header(issuer.mint())) == ["alg", "kid"]


def test_permissions_claim(make_issuer: MakeIssuer) -> None:
    """Permissions stand in the claim that was named."""
    issuer = make_issuer("custom", algorithm="ES256", permissions_claim="custom_permissions")
    claims = issuer.ok("POST", "/tokens", {"permissions": ["a:b"]})["claims"]
    assert claims["custom_permissions"] == ["a:b"]
    assert "permissions" not in claims


def test_rfc_9068_claims(issuer: IssuerApi) -> None:
    """The required claims of RFC 9068 section 2.2; the subject of a machine is its client."""
    claims = issuer.ok("POST", "/tokens", {})["claims"]
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= set(claims)
    assert claims["sub"] == claims["client_id"]


def test_path_of_somebody_else_is_refused(issuer: IssuerApi) -> None:
    """Two endpoints cannot share a path."""
    options = {"jwks_path": "/x", "token_path": "/x"}
    refusal = issuer.api.refused("POST", "/issuers", {"style": "custom", "options": options})
    assert refusal == (409, "path_taken", "options")
