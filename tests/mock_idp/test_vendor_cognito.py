"""A Cognito user pool looks like one. Facts: AWS's developer guide, and documents and tokens in issue threads."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import jwt
import pytest
import requests
from fixture_facts import facts
from idp_api import IssuerApi, MakeIssuer

POOL = "us-east-1_Abcdef123"
CLIENT = {"id": "app", "secret": "right", "redirect_uris": ["http://localhost/callback"]}


@pytest.fixture
def cognito(make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer with elliptic keys, which cost nothing to make."""
    return make_issuer("cognito", algorithm="ES256", options={"user_pool": POOL})


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def ask(issuer: IssuerApi, **form: str) -> requests.Response:
    form = {"client_id": "app", "client_secret": "right", **form}
    return issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=form, timeout=20)


def test_paths(cognito: IssuerApi) -> None:
    """Issuer and keys lie below the pool, the token endpoint does not."""
    base = cognito.about["issuer"].removesuffix(f"/{POOL}")
    assert cognito.about["jwks_uri"] == f"{base}/{POOL}/.well-known/jwks.json"
    assert cognito.about["discovery_url"] == f"{base}/{POOL}/.well-known/openid-configuration"
    assert cognito.about["token_endpoint"] == f"{base}/oauth2/token"


def test_jwk_members(make_issuer: MakeIssuer) -> None:
    """Sorted by name, with an alg and without a certificate."""
    issuer = make_issuer("cognito", keys=[{"state": "current"}])
    assert [list(key) for key in issuer.jwks()["keys"]] == [facts("cognito")["jwks_members"]["sig"]]


def test_kid_shape(cognito: IssuerApi) -> None:
    """A kid is 32 bytes in standard base64, padding and all."""
    assert all(re.fullmatch(r"[A-Za-z0-9+/]{43}=", kid) for kid in cognito.kids())


def test_a_kid_goes_into_a_path(cognito: IssuerApi) -> None:
    """The control API finds a key whose kid holds slashes and equals signs."""
    kid = "a/b+c/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    cognito.ok("POST", "/keys", {"kid": kid})
    assert cognito.ok("GET", f"/keys/{quote(kid, safe='')}")["kid"] == kid


def test_the_first_key_does_not_sign_access_tokens(cognito: IssuerApi) -> None:
    """One key is for ID tokens, the other for access tokens."""
    for_id, for_access = cognito.kids()
    assert jwt.get_unverified_header(cognito.mint())["kid"] == for_access
    assert cognito.ok("GET", "/keys/id-token")["kid"] == for_id


def test_id_tokens_have_their_own_key(make_issuer: MakeIssuer) -> None:
    """An ID token of the code flow is signed by the first key of the JWKS, and says what it is for."""
    issuer = make_issuer("cognito", algorithm="ES256", clients=[CLIENT], auto_login="jane")
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": CLIENT["redirect_uris"][0]}
    asked |= {"scope": "openid"}
    authorize = issuer.local(issuer.get("discovery_url").json()["authorization_endpoint"])
    answer = issuer.api.session.get(authorize, params=asked, timeout=20, allow_redirects=False)
    code = re.search(r"[?&]code=([^&]+)", answer.headers["Location"])
    assert code is not None, answer.headers["Location"]
    redirect = asked["redirect_uri"]
    token = ask(issuer, grant_type="authorization_code", code=code[1], redirect_uri=redirect).json()["id_token"]
    assert jwt.get_unverified_header(token)["kid"] == issuer.kids()[0]
    said = jwt.decode(token, options={"verify_signature": False})
    assert (said["token_use"], said["aud"]) == ("id", "app")


def test_discovery_document(cognito: IssuerApi) -> None:
    """The members of a recorded document, no more and no less."""
    assert list(cognito.get("discovery_url").json()) == list(facts("cognito")["discovery_fields"])


def test_the_domain_of_the_pool(make_issuer: MakeIssuer) -> None:
    """With it the OAuth endpoints are on another host than the issuer, as at the vendor's."""
    issuer = make_issuer("cognito", algorithm="ES256", options={"domain": "https://login.example.com"})
    document = issuer.get("discovery_url").json()
    assert document["token_endpoint"] == f"https://login.example.com/i/{issuer.id}/oauth2/token"
    assert document["jwks_uri"] == issuer.about["jwks_uri"]


def test_no_rfc_8414_document(cognito: IssuerApi) -> None:
    """None is known to be served."""
    url = cognito.local(f"{cognito.about['issuer']}/.well-known/oauth-authorization-server")
    assert cognito.api.session.get(url, timeout=20).status_code == 404


def test_token_header(cognito: IssuerApi) -> None:
    """kid and alg, and no typ."""
    assert list(jwt.get_unverified_header(cognito.mint())) == ["kid", "alg"]


def test_machine_claims(cognito: IssuerApi) -> None:
    """The claims of a recorded token in their order: no aud, no username, the client as subject."""
    said = claims(cognito, permissions=["orders/read", "orders/write"])
    assert list(said) == list(facts("cognito")["access_token"]["claims_m2m"])
    assert said["sub"] == said["client_id"]
    assert (said["token_use"], said["version"], said["scope"]) == ("access", 2, "orders/read orders/write")
    assert said["exp"] - said["iat"] == 3600


def test_without_a_scope_a_client_gets_its_own(cognito: IssuerApi) -> None:
    """All custom scopes of the app client."""
    assert claims(cognito)["scope"] == "tasker-api/access"


def test_user_claims(cognito: IssuerApi) -> None:
    """Of those a recorded token may have, with a username and a UUID as subject."""
    said = claims(cognito, kind="user")
    assert set(said) <= set(facts("cognito")["access_token"]["claims_user"])
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", said["sub"])
    assert said["username"]


def test_groups(make_issuer: MakeIssuer) -> None:
    """Permissions can stand in cognito:groups, as a list."""
    issuer = make_issuer("cognito", algorithm="ES256", permissions_claim="cognito:groups")
    said = claims(issuer, kind="user", permissions=["tasks:list"])
    assert (said["cognito:groups"], said["scope"]) == (["tasks:list"], "openid email")


@pytest.mark.parametrize(("shape", "expected"), [("absent", None), ("string", "tasker-api")])
def test_audience(make_issuer: MakeIssuer, shape: str, expected: str | None) -> None:
    """There is none unless a trigger adds it."""
    assert claims(make_issuer("cognito", algorithm="ES256", options={"aud": shape})).get("aud") == expected


def test_a_success(cognito: IssuerApi) -> None:
    """Three members, no scope among them."""
    answer = ask(cognito, grant_type="client_credentials", scope="orders/read")
    assert list(answer.json()) == list(facts("cognito")["client_credentials"]["response_fields"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "login"}, "unauthorized_client"),
        ({"scope": "orders/write"}, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "made-up"}, "invalid_grant"),
    ],
)
def test_refusals(make_issuer: MakeIssuer, change: dict[str, str], code: str) -> None:
    """Always a 400 with a code and nothing else."""
    login = {"id": "login", "secret": "right", "grant_types": ["authorization_code"]}
    issuer = make_issuer("cognito", algorithm="ES256", clients=[CLIENT, login], scopes=["orders/read"])
    answer = ask(issuer, **{"grant_type": "client_credentials", "scope": "orders/read", **change})
    assert (answer.status_code, answer.json()) == (400, {"error": code})


def test_rotation(cognito: IssuerApi) -> None:
    """A fresh key signs unannounced; the one for ID tokens stays what it is."""
    before = cognito.kids()
    rotation = cognito.ok("POST", "/rotate")
    assert rotation["signing"] not in before
    assert set(before) < set(cognito.kids())
    assert cognito.ok("GET", "/keys/id-token")["kid"] in before


@pytest.mark.parametrize("pool", ["", "eu-west-1", "eu-west-1_", "../x_A1"])
def test_the_id_of_a_pool(api: Any, pool: str) -> None:
    """Region, underscore, letters and digits; others are refused."""
    body = {"style": "cognito", "options": {"user_pool": pool}}
    assert api.refused("POST", "/issuers", body) == (400, "invalid_field", "options.user_pool")
