"""The members of a token response (RFC 6749 section 5.1), whatever was asked for."""

from __future__ import annotations

import jwt
import pytest
from relying_party import MakeRp

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@pytest.mark.parametrize("style", ["custom", "auth0", "okta", "entra", "cognito"])
def test_no_scope_is_no_member(make_rp: MakeRp, style: str) -> None:
    """A scope has one word at least (section 3.3)."""
    answer = make_rp(style).token("client_credentials")
    assert (answer.status_code, "scope" in answer.json()) == (200, False)


@pytest.mark.parametrize("style", ["custom", "auth0", "okta"])
def test_no_scope_of_a_user_is_no_member(make_rp: MakeRp, style: str) -> None:
    """Nor in what an exchange of that token brings."""
    rp = make_rp(style)
    first = rp.token("password", username="ann", password="x").json()
    form = {"subject_token": first["access_token"], "subject_token_type": ACCESS_TOKEN}
    assert "scope" not in first
    assert "scope" not in rp.token(EXCHANGE, **form).json()


def test_default_scopes_are_said(make_rp: MakeRp) -> None:
    """Keycloak's are granted to each client."""
    assert make_rp("keycloak").token("client_credentials").json()["scope"] == "email profile"


@pytest.mark.parametrize("style", ["auth0", "keycloak", "cognito", "google"])
def test_a_resource_is_ignored_by_vendors_without_it(make_rp: MakeRp, style: str) -> None:
    """RFC 6749 section 3.2: unrecognized parameters; the audience is the usual one, and none is unknown."""
    rp = make_rp(style, audience="tasker-api", audiences=["tasker-api"])
    code = rp.code(scope="openid", resource="https://elsewhere.example")
    answer = rp.redeem(code, resource="https://elsewhere.example")
    assert answer.status_code == 200
    if style != "google":
        said = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
        assert "https://elsewhere.example" not in str(said.get("aud"))


@pytest.mark.parametrize("style", ["auth0", "keycloak", "cognito"])
def test_a_machine_names_no_resource_there(make_rp: MakeRp, style: str) -> None:
    """Its token is for the usual audience as well."""
    rp = make_rp(style, audience="tasker-api")
    token = rp.token("client_credentials", resource="https://elsewhere.example").json()["access_token"]
    usual = rp.token("client_credentials").json()["access_token"]
    aud = [jwt.decode(one, options={"verify_signature": False}).get("aud") for one in (token, usual)]
    assert aud[0] == aud[1]


def test_a_resource_is_an_audience_otherwise(make_rp: MakeRp) -> None:
    """RFC 8707 section 2."""
    rp = make_rp("custom")
    token = rp.token("client_credentials", resource="https://elsewhere.example").json()["access_token"]
    assert rp.claims(token)["aud"] == "https://elsewhere.example"
