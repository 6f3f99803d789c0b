"""An Auth0 issuer looks like one. Facts: Auth0's documentation and recorded answers of tenants."""

from __future__ import annotations

import base64
import re
from typing import Any

import jwt
import pytest
from cryptography.x509 import load_der_x509_certificate
from idp_api import IssuerApi, MakeIssuer


@pytest.fixture
def auth0(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("auth0")


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def test_the_issuer_ends_with_a_slash(auth0: IssuerApi) -> None:
    """The identifier is the base URL with a slash."""
    assert auth0.about["issuer"] == auth0.about["jwks_uri"].removesuffix(".well-known/jwks.json")
    assert auth0.about["issuer"].endswith("/")


def test_jwk_members(auth0: IssuerApi) -> None:
    """An entry has these members, in this order."""
    assert [list(key) for key in auth0.jwks()["keys"]] == [["alg", "e", "kid", "kty", "n", "use", "x5c", "x5t"]] * 2


def test_kid_shape(auth0: IssuerApi) -> None:
    """A kid is 21 base64url characters."""
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{21}", kid) for kid in auth0.kids())


def test_certificate_shape(auth0: IssuerApi) -> None:
    """One certificate, and a thumbprint of 27 characters that is not the kid."""
    key = auth0.jwks()["keys"][0]
    assert len(key["x5c"]) == 1
    assert re.fullmatch(r"[A-Za-z0-9_-]{27}", key["x5t"])


def test_jwks_headers(auth0: IssuerApi) -> None:
    """Caching for 15 seconds, any origin, and a rate limit of 20."""
    headers = auth0.get().headers
    expected = {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400",
        "Access-Control-Allow-Origin": "*",
        "Vary": "Accept-Encoding, Origin, Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "X-RateLimit-Limit": "20",
        "X-RateLimit-Remaining": "19",
    }
    assert {name: headers.get(name) for name in expected} == expected
    assert re.fullmatch(r"[0-9a-f]{20}", headers["X-Auth0-RequestId"])


def test_discovery_limit(auth0: IssuerApi) -> None:
    """Discovery has a limit of its own."""
    assert auth0.get("discovery_url").headers["X-RateLimit-Limit"] == "300"


def test_discovery_document(auth0: IssuerApi) -> None:
    """The members that are always there, in order; never grant_types_supported."""
    document = auth0.get("discovery_url").json()
    assert list(document)[:9] == [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "device_authorization_endpoint",
        "userinfo_endpoint",
        "mfa_challenge_endpoint",
        "jwks_uri",
        "registration_endpoint",
        "revocation_endpoint",
    ]
    assert document["jwks_uri"] == auth0.about["jwks_uri"]
    assert document["token_endpoint"] == auth0.about["token_endpoint"]
    assert not {"grant_types_supported", "introspection_endpoint"} & set(document)


def test_both_discovery_paths_answer_the_same(auth0: IssuerApi) -> None:
    """OIDC and RFC 8414 clients get one document."""
    other = auth0.about["discovery_url"].replace("openid-configuration", "oauth-authorization-server")
    auth0.about["other"] = other
    assert auth0.get("other").json() == auth0.get("discovery_url").json()


def test_token_header(auth0: IssuerApi) -> None:
    """alg, typ, kid."""
    assert list(jwt.get_unverified_header(auth0.mint())) == ["alg", "typ", "kid"]
    assert jwt.get_unverified_header(auth0.mint())["typ"] == "JWT"


def test_machine_claims(auth0: IssuerApi) -> None:
    """A client_credentials token: subject from the client, gty, azp, permissions beside scope."""
    said = claims(auth0, permissions=["tasks:list"])
    assert re.fullmatch(r"[A-Za-z0-9]{32}@clients", said["sub"])
    assert said["azp"] == said["sub"].removesuffix("@clients")
    assert (said["gty"], said["permissions"], said["scope"]) == ("client-credentials", ["tasks:list"], "tasks:list")
    assert said["aud"] == "tasker-api"
    assert said["exp"] - said["iat"] == 86_400
    assert not {"nbf", "jti", "client_id"} & set(said)


def test_user_claims(auth0: IssuerApi) -> None:
    """A user's subject names the connection."""
    said = claims(auth0, kind="user")
    assert re.fullmatch(r"auth0\|[0-9a-f]{24}", said["sub"])
    assert "gty" not in said


def test_rotation(auth0: IssuerApi) -> None:
    """The published next key signs, a fresh next one appears, the old one stays."""
    current, upcoming = auth0.kids()
    rotation = auth0.ok("POST", "/rotate")
    assert rotation["signing"] == upcoming
    states = {key["kid"]: key["state"] for key in auth0.ok("GET", "/keys")["keys"]}
    assert (states[current], states[upcoming], sorted(states.values())) == (
        "previous",
        "current",
        ["current", "next", "previous"],
    )
    assert set(auth0.kids()) == set(states)


@pytest.mark.parametrize("dialect", ["rfc9068_profile", "rfc9068_profile_authz"])
def test_rfc_9068_profile(make_issuer: MakeIssuer, dialect: str) -> None:
    """at+jwt, client_id in the place of azp, a jti, no gty."""
    issuer = make_issuer("auth0", algorithm="ES256", options={"token_dialect": dialect})
    said = claims(issuer)
    assert jwt.get_unverified_header(issuer.mint())["typ"] == "at+jwt"
    assert {"client_id", "jti"} <= set(said)
    assert not {"azp", "gty"} & set(said)


@pytest.mark.parametrize(
    ("dialect", "there"),
    [
        ("access_token", False),
        ("access_token_authz", True),
        ("rfc9068_profile", False),
        ("rfc9068_profile_authz", True),
    ],
)
def test_permissions_are_an_option_of_the_api(make_issuer: MakeIssuer, dialect: str, there: bool) -> None:
    """Only the dialects with RBAC put them into the token; the scope is always there."""
    issuer = make_issuer("auth0", algorithm="ES256", options={"token_dialect": dialect})
    said = claims(issuer, permissions=["tasks:list"])
    assert ("permissions" in said, said["scope"]) == (there, "tasks:list")


def test_without_a_default_audience_a_client_has_to_name_one(make_issuer: MakeIssuer) -> None:
    """Otherwise it would ask for the Management API's predecessor."""
    issuer = make_issuer("auth0", algorithm="ES256", options={"default_audience": False})
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "x"}
    path = issuer.local(issuer.about["token_endpoint"])
    refused = issuer.api.session.post(path, data=form, timeout=20)
    assert (refused.status_code, refused.json()["error_description"]) == (
        403,
        "Non-global clients are not allowed access to APIv1",
    )
    assert issuer.api.session.post(path, data=form | {"audience": "https://api.example.com/"}, timeout=20).ok


def test_a_users_token_without_an_audience_is_opaque(make_issuer: MakeIssuer) -> None:
    """Nobody but the tenant can read it."""
    issuer = make_issuer("auth0", algorithm="ES256", options={"default_audience": False})
    form = {"grant_type": "password", "client_id": "me", "username": "jane", "password": "x", "scope": "openid"}
    path = issuer.local(issuer.about["token_endpoint"])
    opaque = issuer.api.session.post(path, data=form, timeout=20).json()["access_token"]
    readable = issuer.api.session.post(path, data=form | {"audience": "a"}, timeout=20).json()["access_token"]
    assert (opaque.count("."), readable.count(".")) == (0, 2)


def test_a_rate_limit_at_the_jwks(auth0: IssuerApi) -> None:
    """429 with the headers that count, as the fault plans it."""
    auth0.fault("rate-limit", times=1)
    refused = auth0.get()
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_requests")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert auth0.get().ok


def test_a_rate_limit_at_the_token_endpoint(auth0: IssuerApi) -> None:
    """429 with the three headers that tell about it."""
    auth0.fault("rate-limit", on="token", times=1)
    refused = auth0.api.session.post(auth0.local(auth0.about["token_endpoint"]), data={}, timeout=20)
    told = {name for name in refused.headers if name.lower().startswith("x-ratelimit-")}
    assert (refused.status_code, told) == (429, {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"})


def test_keys_without_an_alg(make_issuer: MakeIssuer) -> None:
    """A tenant can leave the signing algorithm out of its JWKS."""
    members = ["e", "kid", "kty", "n", "use", "x5c", "x5t"]
    issuer = make_issuer("auth0", keys=[{"members": members}])
    assert [list(key) for key in issuer.jwks()["keys"]] == [members]


def test_keys_of_old_tenants(make_issuer: MakeIssuer) -> None:
    """A kid of 54 characters is the base64 of the hexadecimal SHA-1 of something, and can be asked for."""
    kid = "QjYxQ0U1QTVCMzk4RTJFNEIxMERGN0NBOUVBQTk1NDEzRTcwNTVBMg"
    assert make_issuer("auth0", keys=[{"kid": kid}]).kids() == [kid]


def test_the_name_in_the_certificate(make_issuer: MakeIssuer) -> None:
    """The certificate of a key has the host of the tenant, and is signed by itself."""
    issuer = make_issuer("auth0", public_url="https://acme.eu.auth0.com")
    certificate = load_der_x509_certificate(base64.b64decode(issuer.jwks()["keys"][0]["x5c"][0], validate=True))
    assert certificate.subject.rfc4514_string() == certificate.issuer.rfc4514_string() == "CN=acme.eu.auth0.com"


@pytest.mark.parametrize(("scope", "more"), [("openid", ["/userinfo"]), ("read:things", [])])
def test_the_audience_of_a_user_is_a_list_with_openid(make_issuer: MakeIssuer, scope: str, more: list[str]) -> None:
    """The userinfo endpoint stands beside the API; without openid, and for machines, the API stands alone."""
    issuer = make_issuer("auth0", algorithm="ES256", audience="https://api.example.com/")
    form = {"grant_type": "password", "client_id": "me", "username": "jane", "password": "x", "scope": scope}
    answer = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=form, timeout=20)
    said = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})["aud"]
    base = issuer.about["issuer"].removesuffix("/")
    expected = ["https://api.example.com/", *(base + path for path in more)]
    assert said == (expected if more else expected[0])
    assert claims(issuer)["aud"] == "https://api.example.com/"


def test_without_a_scope_there_is_no_such_claim(auth0: IssuerApi) -> None:
    """It is absent, not empty."""
    assert "scope" not in claims(auth0)
