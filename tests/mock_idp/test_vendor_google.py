"""A Google issuer looks like one. Facts: Google's documentation and recorded answers."""

from __future__ import annotations

import re
import time
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from fixture_facts import facts
from idp_api import IssuerApi, MakeIssuer
from jwt.algorithms import ECAlgorithm

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EMAIL = "svc@project.iam.gserviceaccount.com"
KEY = ec.generate_private_key(ec.SECP256R1())
CLIENT = {"id": "1-a.apps.googleusercontent.com", "secret": "right", "redirect_uris": ["http://localhost/callback"]}


@pytest.fixture
def google(make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer with elliptic keys, which cost nothing to make."""
    return make_issuer("google", algorithm="ES256")


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def ask(issuer: IssuerApi, **form: str) -> requests.Response:
    return issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=form, timeout=20)


def assertion(key: ec.EllipticCurvePrivateKey = KEY, seconds: int = 3600, **more: str) -> str:
    now = int(time.time())
    said = {"iss": EMAIL, "aud": "https://oauth2.googleapis.com/token", "iat": now, "exp": now + seconds, **more}
    return jwt.encode(said, key, "ES256")


def test_paths(google: IssuerApi) -> None:
    """The vendor's paths of all its hosts, below one base URL."""
    base = google.about["issuer"]
    recorded = facts("google")
    assert google.about["jwks_uri"] == base + recorded["jwks_path"]
    assert google.about["token_endpoint"] == base + recorded["token_path"]
    assert google.about["discovery_url"] == base + "/.well-known/openid-configuration"


def test_the_issuer_as_a_host(make_issuer: MakeIssuer) -> None:
    """Older ID tokens have an iss without https://, the discovery document has it."""
    issuer = make_issuer("google", algorithm="ES256", options={"iss": "host"})
    document = issuer.get("discovery_url").json()
    assert claims(issuer)["iss"] == document["issuer"].partition("://")[2]


def test_jwk_members(make_issuer: MakeIssuer) -> None:
    """Sorted by name, with an alg and without a certificate."""
    issuer = make_issuer("google", keys=[{"state": "current"}])
    assert [list(key) for key in issuer.jwks()["keys"]] == [facts("google")["jwks_members"]["sig"]]


def test_two_keys_with_hexadecimal_kids(google: IssuerApi) -> None:
    """40 digits each."""
    assert [bool(re.fullmatch("[0-9a-f]{40}", kid)) for kid in google.kids()] == [True, True]


def test_discovery_document(google: IssuerApi) -> None:
    """The members of a recorded document, no more and no less."""
    assert list(google.get("discovery_url").json()) == list(facts("google")["discovery_fields"])


def test_the_cache_time_counts_down(google: IssuerApi) -> None:
    """Within six hours."""
    google.ok("PUT", "/clock", {"offset_seconds": 3600})
    caching = re.match(r"public, max-age=(\d+), must-revalidate, no-transform$", google.get().headers["Cache-Control"])
    assert caching is not None
    assert 17_900 <= int(caching[1]) <= 18_000


@pytest.mark.parametrize("part", ["jwks_headers", "discovery_headers"])
def test_headers(google: IssuerApi, part: str) -> None:
    """All those of a recorded answer are there."""
    answer = google.get("jwks_uri" if part == "jwks_headers" else "discovery_url")
    assert facts("google")[part].keys() - answer.headers.keys() == set()


def test_token_header(google: IssuerApi) -> None:
    """alg, kid, typ."""
    assert list(jwt.get_unverified_header(google.mint())) == ["alg", "kid", "typ"]


def test_machine_claims(google: IssuerApi) -> None:
    """The ID token of a service account, for any audience at all."""
    said = claims(google, audience="https://anything.example")
    assert set(said) == set(facts("google")["access_token"]["claims_m2m"])
    assert said["aud"] == "https://anything.example"
    assert said["azp"] == said["sub"]
    assert re.fullmatch(r"[0-9]{21}", said["sub"])
    assert said["exp"] - said["iat"] == 3600


def test_user_claims(make_issuer: MakeIssuer) -> None:
    """The ID token of a user, with the domain of a Workspace where there is one."""
    plain, hosted = (
        claims(make_issuer("google", algorithm="ES256", options={"hosted_domain": domain}), kind="user")
        for domain in ("", "example.com")
    )
    assert set(plain) | {"hd"} == set(hosted)
    assert hosted["hd"] == "example.com"
    assert set(hosted) <= set(facts("google")["access_token"]["claims_user"])


def test_permissions_only_on_demand(google: IssuerApi) -> None:
    """Google has none in ID tokens."""
    assert "permissions" not in claims(google)
    assert claims(google, permissions=["tasks:list"])["permissions"] == ["tasks:list"]


def test_no_client_credentials(google: IssuerApi) -> None:
    """The grant does not exist."""
    answer = ask(google, grant_type="client_credentials", client_id="a", client_secret="b")
    expected = {
        "error": "unsupported_grant_type",
        "error_description": "Invalid grant_type: client_credentials",
    }
    assert (answer.status_code, answer.json()) == (400, expected)


def test_a_service_account_gets_an_id_token(google: IssuerApi) -> None:
    """Its audience is the target_audience, its email the account, and it verifies."""
    answer = ask(google, grant_type=JWT_BEARER, assertion=assertion(target_audience="https://api.example")).json()
    assert list(answer) == ["id_token"]
    key = jwt.PyJWK(google.jwks()["keys"][0], algorithm="ES256")
    said = jwt.decode(answer["id_token"], key, algorithms=["ES256"], audience="https://api.example")
    assert said["email"] == EMAIL


def test_a_service_account_gets_an_opaque_access_token(google: IssuerApi) -> None:
    """Without a target_audience."""
    answer = ask(google, grant_type=JWT_BEARER, assertion=assertion(scope="a b")).json()
    assert list(answer) == list(facts("google")["client_credentials"]["response_fields"])
    assert answer["access_token"].startswith("ya29.")
    assert answer["expires_in"] == 3599


def test_the_assertion_of_a_declared_account_is_verified(make_issuer: MakeIssuer) -> None:
    """Its keys say whose assertion is good."""
    jwk = ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    issuer = make_issuer("google", algorithm="ES256", clients=[{"id": EMAIL, "keys": [jwk]}])
    assert ask(issuer, grant_type=JWT_BEARER, assertion=assertion()).status_code == 200
    answer = ask(issuer, grant_type=JWT_BEARER, assertion=assertion(ec.generate_private_key(ec.SECP256R1())))
    expected = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize("text", ["", "not-a-jwt", "a.b.c"])
def test_what_is_no_assertion(google: IssuerApi, text: str) -> None:
    """A 400, whatever it is."""
    assert ask(google, grant_type=JWT_BEARER, assertion=text).status_code == 400


@pytest.mark.parametrize("seconds", [3601, -301])
def test_an_assertion_is_short_lived(google: IssuerApi, seconds: int) -> None:
    """Good for an hour at most, and not past."""
    answer = ask(google, grant_type=JWT_BEARER, assertion=assertion(seconds=seconds))
    recorded = facts("google")["client_credentials"]["errors"]["assertion_too_long"]
    assert (answer.status_code, answer.json()) == (recorded["status"], recorded["body"])


@pytest.mark.parametrize(
    ("change", "case"),
    [({"client_id": "nobody"}, "unknown_client"), ({"client_secret": "wrong"}, "bad_secret")],
)
def test_refused_clients(make_issuer: MakeIssuer, change: dict[str, str], case: str) -> None:
    """Status and words of recorded answers."""
    issuer = make_issuer("google", algorithm="ES256", clients=[CLIENT])
    form = {"grant_type": "authorization_code", "code": "x", "client_id": str(CLIENT["id"]), "client_secret": "right"}
    answer = ask(issuer, **{**form, **change})
    recorded = facts("google")["client_credentials"]["errors"][case]
    assert (answer.status_code, answer.json()) == (recorded["status"], recorded["body"])


def test_the_access_token_of_a_user_is_opaque(make_issuer: MakeIssuer) -> None:
    """Only the ID token can be verified."""
    issuer = make_issuer("google", algorithm="ES256", clients=[CLIENT], auto_login="jane@example.com")
    asked = {"response_type": "code", "client_id": CLIENT["id"], "redirect_uri": CLIENT["redirect_uris"][0]}
    asked |= {"scope": "openid email"}
    authorize = issuer.local(issuer.get("discovery_url").json()["authorization_endpoint"])
    answer = issuer.api.session.get(authorize, params=asked, timeout=20, allow_redirects=False)
    code = re.search(r"[?&]code=([^&]+)", answer.headers["Location"])
    assert code is not None, answer.headers["Location"]
    form = {"grant_type": "authorization_code", "code": code[1], "redirect_uri": str(asked["redirect_uri"])}
    tokens = ask(issuer, **form, client_id=str(CLIENT["id"]), client_secret="right").json()
    assert tokens["access_token"].startswith("ya29.")
    said = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (said["aud"], said["azp"]) == (CLIENT["id"], CLIENT["id"])
    assert re.fullmatch(r"[0-9]{21}", said["sub"])


def test_rotation(google: IssuerApi) -> None:
    """The key that was published ahead signs."""
    _, upcoming = google.kids()
    assert google.ok("POST", "/rotate")["signing"] == upcoming


def logged_in(google: IssuerApi) -> dict[str, Any]:
    """The answer to a code of ann's."""
    session, callback = google.api.session, "http://localhost/callback"
    query = {"response_type": "code", "client_id": "app", "redirect_uri": callback, "scope": "openid email"}
    url = google.local(google.get("discovery_url").json()["authorization_endpoint"])
    asked = {**query, "access_type": "offline", "mock_user": "ann@example.com"}
    back = session.get(url, params=asked, allow_redirects=False, timeout=20).headers["Location"]
    code = re.search("code=([^&]+)", back)
    assert code is not None
    grant = {"grant_type": "authorization_code", "code": code[1], "redirect_uri": callback}
    return dict(ask(google, **grant, client_id="app", client_secret="secret").json())


def at(google: IssuerApi, path: str, **sent: Any) -> requests.Response:
    return google.api.session.post(google.local(google.about["issuer"] + path), timeout=20, **sent)


@pytest.mark.parametrize("sent", ["query", "form"])
def test_tokeninfo_of_an_id_token(google: IssuerApi, sent: str) -> None:
    """Its claims and its header, all of it text."""
    token = google.ok("POST", "/tokens", {"kind": "user"})
    given = {"id_token": token["token"]}
    said = at(google, "/tokeninfo", **{"params" if sent == "query" else "data": given}).json()
    assert said == {
        **{name: value if isinstance(value, str) else str(value).lower() for name, value in token["claims"].items()},
        **token["header"],
    }
    assert said["email_verified"] == "true"


def test_tokeninfo_of_an_access_token(google: IssuerApi) -> None:
    """Whose it is, for what and for how long; google-auth-library sends it as a bearer token."""
    tokens = logged_in(google)
    said = at(google, "/tokeninfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert [said[name] for name in ("aud", "scope", "email", "email_verified")] == [
        *("app", "openid email", "ann@example.com", "true"),
    ]
    assert 3500 < int(said["expires_in"]) <= 3600
    assert said == at(google, "/oauth2/v3/tokeninfo", params={"access_token": tokens["access_token"]}).json()


@pytest.mark.parametrize("given", [{}, {"id_token": "a.b.c"}, {"access_token": "ya29.x"}, {"id_token": "ya29.x"}])
def test_tokeninfo_of_nothing(google: IssuerApi, given: dict[str, str]) -> None:
    """400, in Google's words."""
    answer = at(google, "/tokeninfo", params=given)
    said = {"error": "invalid_token", "error_description": "Invalid Value"}
    assert (answer.status_code, answer.json()) == (400, said)


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_whoever_has_a_token_revokes_it(google: IssuerApi, which: str) -> None:
    """By the query and without a client, as google-auth-library does; what belongs to it ends, and once is enough."""
    tokens = logged_in(google)
    assert at(google, "/revoke", params={"token": tokens[which]}).status_code == 200
    info = at(google, "/tokeninfo", params={"access_token": tokens["access_token"]})
    grant = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": "app"}
    assert (info.status_code, ask(google, **grant, client_secret="secret").json()["error"]) == (400, "invalid_grant")
    again = at(google, "/revoke", data={"token": tokens["access_token"]})
    said = {"error": "invalid_token", "error_description": "Token expired or revoked"}
    assert (again.status_code, again.json()) == (400, said)
