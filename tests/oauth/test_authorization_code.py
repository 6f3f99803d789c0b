"""The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636), and the ID token it yields."""

from __future__ import annotations

import base64
import hashlib

import jwt
import pytest
from relying_party import CALLBACK, CHALLENGE, START, VERIFIER, MakeRp, Rp, refusal

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
STYLES = ["custom", "auth0", "keycloak", "okta", "entra", "cognito", "google"]


@pytest.mark.parametrize("style", STYLES)
def test_every_vendor_has_it(make_rp: MakeRp, style: str) -> None:
    """Code, tokens and an ID token for the client, at the endpoints its discovery document names."""
    rp = make_rp(style)
    answer = rp.redeem(rp.code(scope="openid", nonce="n", **PKCE), code_verifier=VERIFIER)
    claims = rp.claims(answer.json()["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (rp.document["issuer"], "app", "n")


def test_state_and_issuer_come_back(rp: Rp) -> None:
    """RFC 6749 section 4.1.2 and RFC 9207."""
    returned = rp.returned(rp.authorize(mock_user="ann", state="a b&c"))
    assert (returned["state"], returned["iss"]) == ("a b&c", rp.document["issuer"])


def test_the_id_token(rp: Rp) -> None:
    """It is about the user, for the client, at the time of the issuer's clock, and bound to the access token."""
    tokens = rp.tokens("openid email", nonce="n-1")
    claims = rp.claims(tokens["id_token"])
    left = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(left).rstrip(b"=").decode()
    assert (claims["sub"], claims["aud"], claims["nonce"], claims["iat"]) == ("ann", "app", "n-1", START)
    assert (claims["email"], "name" in claims) == ("ann@example.com", False)
    assert jwt.get_unverified_header(tokens["id_token"])["typ"] == "JWT"


def test_without_openid_there_is_no_id_token(rp: Rp) -> None:
    """OAuth is not OpenID Connect."""
    assert "id_token" not in rp.tokens("tasks:read")


def test_scopes_of_an_api_become_permissions(rp: Rp) -> None:
    """Those about the user do not."""
    claims = rp.claims(rp.tokens()["access_token"])
    assert (claims["permissions"], claims["scope"]) == (["tasks:read"], "openid profile email tasks:read")


def test_the_right_verifier(rp: Rp) -> None:
    """S256."""
    assert rp.redeem(rp.code(**PKCE), code_verifier=VERIFIER).status_code == 200


def test_a_plain_challenge(rp: Rp) -> None:
    """Without a method the challenge is the verifier."""
    assert rp.redeem(rp.code(code_challenge=VERIFIER), code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("verifier", ["w" * 43, "v" * 44, "short", CHALLENGE, ""])
def test_a_wrong_verifier(rp: Rp, verifier: str) -> None:
    """No code without proof (RFC 7636 section 4.6)."""
    form = {"code_verifier": verifier} if verifier else {}
    assert refusal(rp.redeem(rp.code(**PKCE), **form)) == (400, "invalid_grant")


def test_a_verifier_nobody_asked_for(rp: Rp) -> None:
    """A stripped challenge is noticed (RFC 9700 section 4.8.2)."""
    assert refusal(rp.redeem(rp.code(), code_verifier=VERIFIER)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "parameters",
    [
        {"code_challenge": "short", "code_challenge_method": "S256"},
        {"code_challenge": CHALLENGE, "code_challenge_method": "S512"},
        {"code_challenge_method": "S256"},
    ],
)
def test_a_bad_challenge(rp: Rp, parameters: dict[str, str]) -> None:
    """It is refused before there is a code."""
    assert rp.returned(rp.authorize(mock_user="ann", **parameters))["error"] == "invalid_request"


def test_a_vendor_without_plain(make_rp: MakeRp) -> None:
    """Okta has S256 only."""
    returned = make_rp("okta").returned(make_rp("okta").authorize(mock_user="ann", code_challenge=VERIFIER))
    assert returned["error"] == "invalid_request"


def test_a_client_that_has_to_use_pkce(make_rp: MakeRp) -> None:
    """`require_pkce` of a declared client."""
    rp = make_rp(clients=[{"id": "app", "require_pkce": True}])
    assert rp.returned(rp.authorize(mock_user="ann"))["error"] == "invalid_request"


def test_a_code_is_good_once(rp: Rp) -> None:
    """And the tokens of the first use end with the second (RFC 6749 section 4.1.2)."""
    code = rp.code(scope="openid")
    tokens = rp.redeem(code).json()
    assert refusal(rp.redeem(code)) == (400, "invalid_grant")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert rp.get(rp.document["userinfo_endpoint"], headers=bearer).status_code == 401
    assert refusal(rp.token("refresh_token", refresh_token=tokens["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400), (100_000, 400)])
def test_a_code_ends_after_a_minute(rp: Rp, seconds: int, status: int) -> None:
    """By the issuer's clock."""
    code = rp.code()
    rp.pass_time(seconds)
    assert rp.redeem(code).status_code == status


@pytest.mark.parametrize(
    "form",
    [{"redirect_uri": CALLBACK + "/"}, {"redirect_uri": ""}, {"client_id": "other"}, {"code": "made-up"}],
)
def test_a_code_of_somebody_else(rp: Rp, form: dict[str, str]) -> None:
    """Client and redirect URI are those of the authorization request."""
    usual = {"code": rp.code(), "redirect_uri": CALLBACK}
    assert refusal(rp.token("authorization_code", **{**usual, **form})) == (400, "invalid_grant")


def test_without_a_code(rp: Rp) -> None:
    """The parameter is required."""
    assert refusal(rp.token("authorization_code")) == (400, "invalid_request")


def test_codes_do_not_outlive_a_reset(rp: Rp) -> None:
    """A reset forgets all flows."""
    code = rp.code()
    rp.own("POST", "/reset")
    assert refusal(rp.redeem(code)) == (400, "invalid_grant")


def test_issuers_do_not_share_codes(make_rp: MakeRp) -> None:
    """Each has its own."""
    assert refusal(make_rp().redeem(make_rp().code())) == (400, "invalid_grant")


def test_claims_of_a_declared_user(make_rp: MakeRp) -> None:
    """Custom ones are in every token, roles are permissions, and nobody else's name is there."""
    user = {"username": "ann", "subject": "u-1", "claims": {"tenant": "t1", "email": "a@b.example"}, "roles": ["admin"]}
    rp = make_rp("keycloak", users=[user])
    tokens = rp.tokens("openid email")
    access, identity = rp.claims(tokens["access_token"]), rp.claims(tokens["id_token"])
    assert (access["sub"], access["tenant"], access["email"]) == ("u-1", "t1", "a@b.example")
    assert access["permissions"] == ["admin"]
    assert "given_name" not in access
    assert (identity["tenant"], identity["email"], identity["typ"]) == ("t1", "a@b.example", "ID")
