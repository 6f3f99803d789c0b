"""A custom issuer is what its options say."""

from __future__ import annotations

import jwt
from idp_api import IssuerApi, MakeIssuer


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
