"""Clients for Node: each in a process of its own, through a rotation, and what its cache does in one.

The programs are in `programs/node`. Their clocks are put on where a cache waits for the time.
"""

from __future__ import annotations

from typing import Any

import pytest
from client_programs import seen_by
from joserfc.jwk import RSAKey
from one_way_proxy import one_way_proxy
from served_vendor import MakeVendor, Vendor

TENANT = "8b7d1f5e-4c0a-4e7b-9b52-0c3d5a6f7e81"
POOL = "eu-west-1_MockIdp01"
BAD: dict[str, dict[str, Any]] = {
    "expired": {"times": {"exp": -600}},
    "audience": {"audience": "somebody-else"},
    "algorithm": {"mutation": "alg-none"},
    "issuer": {"claims": {"iss": "https://x"}},
}


def seen_under_its_name(program: str, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, **told: Any) -> dict[str, Any]:
    """What a client sees that has the vendor's host names built in: a proxy leads to the mock."""
    with one_way_proxy(vendor.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("NODE_USE_ENV_PROXY", "1")
        # The control API is asked at the mock's own address.
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        return seen_by(program, vendor, **told)


def test_jose(make_vendor: MakeVendor) -> None:
    """A new key is met when `cooldownDuration` is over and not before; `cacheMaxAge` makes it fetch again."""
    seen = seen_by("jose.mjs", make_vendor("auth0"), bad=BAD)
    assert seen.pop("bad") == {
        "expired": "ERR_JWT_EXPIRED",
        "audience": "ERR_JWT_CLAIM_VALIDATION_FAILED",
        "algorithm": "ERR_JOSE_NOT_SUPPORTED",
        "issuer": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    }
    assert seen.pop("resting") == "ERR_JWKS_NO_MATCHING_KEY"
    assert (seen.pop("fetches"), seen.pop("fetchesWhenAged")) == (4, 5)
    assert set(seen.values()) == {"ok"}, seen


def test_okta_jwt_verifier(make_vendor: MakeVendor) -> None:
    """Access and ID tokens; a new kid is fetched at once, and one that was published ahead without a fetch."""
    vendor = make_vendor("okta")
    seen = seen_by("okta-jwt-verifier.mjs", vendor, bad=BAD)
    assert seen.pop("bad") == {
        "expired": "Jwt is expired",
        "audience": "audience claim somebody-else does not match expected audience: tasker-api",
        "algorithm": "Unexpected signature algorithm",
        "issuer": f"issuer https://x does not match expected issuer: {vendor.issuer}",
    }
    assert (seen.pop("fetchesBefore"), seen.pop("fetches"), seen.pop("idToken")) == (1, 2, "app")
    assert set(seen.values()) == {"ok"}, seen


def test_aws_jwt_verify(make_vendor: MakeVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Access and ID tokens of a pool; after a kid that nobody has, a rotation is not seen for ten seconds."""
    host = "cognito-idp.eu-west-1.amazonaws.com"
    vendor = make_vendor("cognito", hosts=(host,), public_url=f"https://{host}")
    seen = seen_under_its_name("aws-jwt-verify.mjs", vendor, monkeypatch, pool=POOL, bad=BAD)
    assert seen.pop("bad") == {
        "expired": "JwtExpiredError",
        # Access tokens of Cognito have none, and this verifier was told so.
        "audience": "ok",
        "algorithm": "JwtParseError",
        "issuer": "JwtInvalidIssuerError",
    }
    assert (seen.pop("client"), seen.pop("idAsAccess")) == (
        "CognitoJwtInvalidClientIdError",
        "CognitoJwtInvalidTokenUseError",
    )
    assert (seen.pop("unknown"), seen.pop("resting")) == ("KidNotFoundInJwksError", "WaitPeriodNotYetEndedJwkError")
    assert set(seen.values()) == {"ok"}, seen


def test_google_auth_library(make_vendor: MakeVendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Login, refresh, a service account; the certificates are kept for the `max-age` of their answer, whatever kid."""
    hosts = ("accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com")
    vendor = make_vendor("google", hosts=hosts, public_url="https://accounts.google.com")
    key = RSAKey.generate_key(2048, {"kid": "key-1"}).as_pem(private=True).decode()
    seen = seen_under_its_name("google-auth-library.mjs", vendor, monkeypatch, robot_key=key)
    assert seen == {
        "login": "ann@example.com",
        "scopes": ["openid", "email"],
        "refreshed": "string",
        "published": "ok",
        "oldOne": "ok",
        "kept": "No pem found for envelope",
        "fetches": 1,
        "expired": "ok",
        "revoked": 200,
        "robot": "ya29.",
    }


@pytest.mark.parametrize(
    ("style", "more"),
    [
        ("auth0", {"revoked": "invalid_grant", "logout": True}),
        # It tells a client of a token in whose audience it is.
        ("keycloak", {"revoked": "invalid_grant", "logout": True, "active": False}),
        ("okta", {"revoked": "invalid_grant", "logout": True, "active": True}),
        ("entra", {"logout": True}),
        ("custom", {"revoked": "invalid_grant", "logout": True, "active": True}),
    ],
)
def test_openid_client(make_vendor: MakeVendor, style: str, more: dict[str, Any]) -> None:
    """From discovery: machines, login with PKCE, userinfo, refresh, introspection, revocation, logout.

    It meets a new key when what it has is a minute old.
    """
    vendor = make_vendor(style)
    assert seen_by("openid-client.mjs", vendor) == {
        "issuer": vendor.issuer,
        "userinfo": True,
        "refreshed": "string",
        "machine": "bearer",
        "resting": "OAUTH_KEY_SELECTION_FAILED",
        "rested": True,
        "fetches": [1, 2],
        **more,
    }


def test_msal_node(make_vendor: MakeVendor) -> None:
    """Machines, login, silent tokens, on behalf of: the key of a rotation is that of the next token it fetches."""
    vendor = make_vendor("entra")
    vendor.declare_user(username="ann@example.com")
    vendor.declare_client(id="app", secret="secret", redirect_uris=["https://app.example/callback"])
    assert seen_by("msal-node.mjs", vendor, tenant=TENANT) == {
        "kept": [True, True, 1],
        "rotated": True,
        "user": ["ann@example.com", "n1", True],
        "silent": [True, False, True],
        "onBehalf": "Bearer",
        "wrong": ["invalid_client", 7000215],
    }
