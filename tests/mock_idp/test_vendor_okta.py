"""An Okta issuer looks like one. Facts: Okta's documentation and recorded answers of custom authorization servers."""

from __future__ import annotations

import re
from typing import Any

import jwt
import pytest
from idp_api import IssuerApi, MakeIssuer


@pytest.fixture
def okta(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("okta")


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def test_paths(okta: IssuerApi) -> None:
    """Everything lies below /oauth2/<authorization server>."""
    issuer = okta.about["issuer"]
    assert issuer.endswith("/oauth2/default")
    assert okta.about["jwks_uri"] == issuer + "/v1/keys"
    assert okta.about["token_endpoint"] == issuer + "/v1/token"
    assert okta.about["discovery_url"] == issuer + "/.well-known/openid-configuration"


def test_jwk_members(okta: IssuerApi) -> None:
    """kty, alg, kid, use, e, n, and no certificate."""
    assert [list(key) for key in okta.jwks()["keys"]] == [["kty", "alg", "kid", "use", "e", "n"]] * 2


def test_kid_shape(okta: IssuerApi) -> None:
    """A kid is 43 base64url characters."""
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", kid) for kid in okta.kids())


def test_jwks_headers(okta: IssuerApi) -> None:
    """The set may be cached until the next planned rotation, weeks away."""
    headers = okta.get().headers
    expected = {
        "Content-Type": "application/json",
        "Vary": "Origin",
        "X-Content-Type-Options": "nosniff",
        "X-XSS-Protection": "0",
        "P3P": 'CP="HONK"',
    }
    assert {name: headers.get(name) for name in expected} == expected
    caching = re.fullmatch(r"max-age=(\d+), must-revalidate", headers["Cache-Control"])
    assert caching is not None
    assert 86_400 < int(caching[1]) <= 90 * 86_400
    assert headers["X-Okta-Request-Id"]


def test_the_cache_time_counts_down(okta: IssuerApi) -> None:
    """A day nearer to the rotation, a day less."""
    okta.ok("PUT", "/clock", {"offset_seconds": 86_400 * 10})
    caching = re.match(r"max-age=(\d+)", okta.get().headers["Cache-Control"])
    assert caching is not None
    assert int(caching[1]) <= 80 * 86_400


def test_discovery_document(okta: IssuerApi) -> None:
    """The 23 members of a recorded document; client_credentials is not among its grants."""
    document = okta.get("discovery_url").json()
    assert len(document) == 23
    assert list(document)[:6] == [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "registration_endpoint",
        "jwks_uri",
    ]
    assert "client_credentials" not in document["grant_types_supported"]
    assert document["jwks_uri"] == okta.about["jwks_uri"]


def test_discovery_headers(okta: IssuerApi) -> None:
    """Discovery may be cached for a day."""
    assert okta.get("discovery_url").headers["Cache-Control"] == "max-age=86400, must-revalidate"


def test_path_insertion(okta: IssuerApi) -> None:
    """RFC 8414 section 3.1: the well-known part stands before the path of the issuer."""
    server, path = okta.about["issuer"].split("/i/")
    okta.about["inserted"] = f"{server}/.well-known/oauth-authorization-server/i/{path}"
    assert okta.get("inserted").json()["issuer"] == okta.about["issuer"]


def test_token_header(okta: IssuerApi) -> None:
    """kid and alg, and no typ."""
    assert list(jwt.get_unverified_header(okta.mint())) == ["kid", "alg"]


def test_machine_claims(okta: IssuerApi) -> None:
    """cid is the subject, scopes stand in scp as an array."""
    said = claims(okta, permissions=["tasks:list"])
    assert said["ver"] == 1
    assert re.fullmatch(r"AT\.[A-Za-z0-9_-]{43}", said["jti"])
    assert re.fullmatch(r"0oa[A-Za-z0-9]{17}", said["cid"])
    assert said["sub"] == said["cid"]
    assert said["scp"] == ["tasks:list"]
    assert said["exp"] - said["iat"] == 3600
    assert not {"scope", "azp", "client_id", "nbf"} & set(said)


def test_user_claims(okta: IssuerApi) -> None:
    """A person has a uid, and a login as subject."""
    said = claims(okta, kind="user")
    assert re.fullmatch(r"00u[A-Za-z0-9]{17}", said["uid"])
    assert said["sub"] == "user@example.com"


def test_rotation(okta: IssuerApi) -> None:
    """The key that was published ahead signs."""
    _, upcoming = okta.kids()
    assert okta.ok("POST", "/rotate")["signing"] == upcoming


def test_authorization_server(make_issuer: MakeIssuer) -> None:
    """The id of the authorization server is an option."""
    issuer = make_issuer("okta", algorithm="ES256", options={"authorization_server": "aus1"})
    assert issuer.about["issuer"].endswith("/oauth2/aus1")


@pytest.fixture
def org(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("okta", options={"authorization_server": "org"})


def test_paths_of_the_org_server(org: IssuerApi) -> None:
    """Its issuer is the domain itself, its endpoints lie below /oauth2/v1."""
    issuer = org.about["issuer"]
    assert org.about["jwks_uri"] == issuer + "/oauth2/v1/keys"
    assert org.about["token_endpoint"] == issuer + "/oauth2/v1/token"
    assert org.about["discovery_url"] == issuer + "/.well-known/openid-configuration"
    assert "groups" in org.get("discovery_url").json()["scopes_supported"]


def test_access_tokens_of_the_org_server_cannot_be_verified(org: IssuerApi) -> None:
    """Their typ is Okta's own, and their key is not published."""
    header = jwt.get_unverified_header(org.mint())
    assert header["typ"] == "application/okta-internal-at+jwt"
    assert header["kid"] not in org.kids()


def test_a_named_key_of_the_org_server_signs_when_it_is_asked_to(org: IssuerApi) -> None:
    """Then the token can be verified."""
    assert jwt.get_unverified_header(org.mint(key=org.kids()[0]))["kid"] == org.kids()[0]


def test_the_older_shape_of_errors_has_an_id_of_its_own(make_issuer: MakeIssuer) -> None:
    """Two refusals differ in their errorId."""
    issuer = make_issuer("okta", algorithm="ES256")
    ids = set()
    for _ in range(2):
        issuer.fault("rate-limit", on="token", times=1)
        refused = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data={}, timeout=20)
        assert (refused.status_code, refused.json()["errorCode"]) == (429, "E0000047")
        ids.add(refused.json()["errorId"])
    assert len(ids) == 2


def test_the_org_server_has_groups(okta: IssuerApi, org: IssuerApi) -> None:
    """A custom server lists neither custom scopes nor groups."""
    there = ["groups" in issuer.get("discovery_url").json()["scopes_supported"] for issuer in (okta, org)]
    assert there == [False, True]


def test_the_audience_is_no_parameter(make_issuer: MakeIssuer) -> None:
    """It belongs to the authorization server."""
    issuer = make_issuer("okta", algorithm="ES256", audience="api://default")
    form = {"grant_type": "client_credentials", "scope": "a", "audience": "elsewhere"}
    path = issuer.local(issuer.about["token_endpoint"])
    answer = issuer.api.session.post(path, data=form, auth=("me", "x"), timeout=20)
    assert jwt.decode(answer.json()["access_token"], options={"verify_signature": False})["aud"] == "api://default"


def test_a_rate_limit(make_issuer: MakeIssuer) -> None:
    """It has three headers of its own, and the JWKS and the discovery document have none of them."""
    issuer = make_issuer("okta", algorithm="ES256")
    issuer.fault("rate-limit", on="token", times=1)
    refused = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data={}, timeout=20)
    names = {"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"}
    assert names <= refused.headers.keys()
    assert not names & {*issuer.get().headers, *issuer.get("discovery_url").headers}


def test_keys_that_must_not_be_cached(make_issuer: MakeIssuer) -> None:
    """As in release 2026.02 (OKTA-1099636): the key set of the moment, and nobody may keep it."""
    issuer = make_issuer("okta", algorithm="ES256", options={"jwks_cache": "no-store"})
    assert issuer.get().headers["Cache-Control"] == "no-cache, no-store"
    assert issuer.get("discovery_url").headers["Cache-Control"] == "max-age=86400, must-revalidate"
