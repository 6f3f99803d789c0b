"""Keycloak's refresh tokens are JWTs that only the realm can verify. Facts: a live 26.7.1 server, Keycloak's source."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from relying_party import START, MakeRp, Rp, refusal


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak")


def refresh_token(rp: Rp, scope: str = "openid email") -> str:
    return str(rp.tokens(scope)["refresh_token"])


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def use(rp: Rp, token: str, **more: str) -> requests.Response:
    return rp.token("refresh_token", refresh_token=token, **more)


def test_the_header(realm: Rp) -> None:
    """HS512, and the kid of a key that is in no JWKS."""
    header = jwt.get_unverified_header(refresh_token(realm))
    assert (header["alg"], header["typ"]) == ("HS512", "JWT")
    keys = realm.get(realm.about["jwks_uri"]).json()["keys"]
    assert header["kid"] not in {key["kid"] for key in keys}
    assert {key["kty"] for key in keys} <= {"RSA", "EC"}


def test_the_claims(realm: Rp) -> None:
    """Those of RefreshToken in Keycloak's order, for the realm itself."""
    answer = realm.tokens("openid email")
    token, access = claims(answer["refresh_token"]), claims(answer["access_token"])
    assert list(token) == ["exp", "iat", "jti", "iss", "aud", "sub", "typ", "azp", "sid", "scope"]
    assert token["iss"] == token["aud"] == realm.document["issuer"]
    assert (token["typ"], token["azp"], token["sub"]) == ("Refresh", "app", access["sub"])
    assert (token["iat"], token["exp"]) == (int(START), int(START) + 1800)
    assert {"openid", "email"} <= set(token["scope"].split())


def test_the_session_is_named_everywhere(realm: Rp) -> None:
    """session_state of the answer is the sid of all three tokens."""
    answer = realm.tokens("openid")
    sids = {claims(answer[name])["sid"] for name in ("access_token", "id_token", "refresh_token")}
    assert sids == {answer["session_state"]}


def test_how_long_it_is_good(realm: Rp) -> None:
    """refresh_expires_in is its life in seconds."""
    answer = realm.tokens("openid")
    assert answer["refresh_expires_in"] == 1800
    realm.pass_time(1799)
    assert use(realm, answer["refresh_token"]).status_code == 200
    realm.pass_time(1800)
    assert use(realm, answer["refresh_token"]).json()["error_description"] == "Token is not active"


def test_an_offline_token(realm: Rp) -> None:
    """Its type says so, it has no end, and it outlives the session of the browser."""
    answer = realm.tokens("openid offline_access")
    token = claims(answer["refresh_token"])
    assert (token["typ"], "exp" in token, answer["refresh_expires_in"]) == ("Offline", False, 0)
    realm.pass_time(86_400)
    again = use(realm, answer["refresh_token"]).json()
    assert claims(again["refresh_token"])["typ"] == "Offline"


def test_a_refresh_token_is_no_access_token(realm: Rp) -> None:
    """userinfo refuses it."""
    bearer = {"Authorization": f"Bearer {refresh_token(realm)}"}
    assert realm.get(realm.document["userinfo_endpoint"], headers=bearer).status_code == 401


def test_a_forged_one_is_refused(realm: Rp) -> None:
    """Claims of a good one with the signature of somebody else, and with none."""
    good = refresh_token(realm)
    header = {"kid": jwt.get_unverified_header(good)["kid"]}
    forged = jwt.encode(claims(good), "k" * 64, algorithm="HS512", headers=header)
    unsigned = jwt.encode(claims(good), "", algorithm="none")
    stretched = jwt.encode({**claims(good), "exp": START + 1e6}, "k" * 64, algorithm="HS512", headers=header)
    for token in (forged, unsigned, stretched, good[:-4] + "AAAA", realm.tokens("openid")["access_token"]):
        answer = use(realm, token)
        assert refusal(answer) == (400, "invalid_grant")
        assert answer.json()["error_description"] == "Invalid refresh token"


def test_that_of_another_realm_is_refused(realm: Rp, make_rp: MakeRp) -> None:
    """Each has a key of its own."""
    assert refusal(use(realm, refresh_token(make_rp("keycloak")))) == (400, "invalid_grant")


def test_that_of_another_client_is_refused(realm: Rp) -> None:
    """In Keycloak's words."""
    token = refresh_token(realm)
    realm.client = {"client_id": "other"}
    expected = "Invalid refresh token. Token client and authorized client don't match"
    assert use(realm, token).json()["error_description"] == expected


def test_introspection(realm: Rp) -> None:
    """Its claims, and Keycloak's word for the type."""
    token = refresh_token(realm)
    hint = {"token_type_hint": "refresh_token"}
    about = realm.post("introspection", {**realm.client, "token": token, **hint}).json()
    assert about == {
        **claims(token),
        "client_id": "app",
        "username": "ann",
        "token_type": "Refresh",
        "active": True,
    }


def test_introspection_after_its_end(realm: Rp) -> None:
    """It is not active, and no more is said."""
    token = refresh_token(realm)
    realm.pass_time(1800)
    asked = {**realm.client, "token": token, "token_type_hint": "refresh_token"}
    assert realm.post("introspection", asked).json() == {"active": False}


def test_revocation(realm: Rp) -> None:
    """A revoked one has no session any more."""
    token = refresh_token(realm)
    assert realm.post("revocation", {**realm.client, "token": token}).status_code == 200
    assert use(realm, token).json()["error_description"] == "Session not active"


def test_logout_with_a_refresh_token(realm: Rp) -> None:
    """204 without a browser, and all that hung on the session is over."""
    first, second = refresh_token(realm), refresh_token(realm)
    answer = realm.post("end_session", {**realm.client, "refresh_token": first})
    assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (204, b"", "no-cache")
    assert use(realm, first).json()["error_description"] == "Session not active"
    # Without the login page each code is of a session of its own.
    assert use(realm, second).status_code == 200


def test_logout_refuses(make_rp: MakeRp) -> None:
    """A stranger, a wrong secret, a token that is none, one of another client."""
    rp = make_rp("keycloak", clients=[{"id": "app", "secret": "secret"}, {"id": "other"}])
    token = refresh_token(rp)

    def out(**form: str) -> tuple[int, str]:
        answer = rp.post("end_session", form)
        assert "Cache-Control" not in answer.headers
        return refusal(answer)

    assert out(refresh_token=token) == (401, "invalid_client")
    assert out(refresh_token=token, client_id="app") == (401, "unauthorized_client")
    assert out(refresh_token="x", client_id="app", client_secret="secret") == (400, "invalid_grant")
    assert out(refresh_token=token, client_id="other") == (400, "invalid_grant")
    assert use(rp, token).status_code == 200


@pytest.mark.parametrize("style", ["custom", "auth0", "okta", "entra", "cognito", "google"])
def test_others_say_nothing(make_rp: MakeRp, style: str) -> None:
    """A refresh token of any other vendor is no JWT."""
    assert "." not in make_rp(style).tokens("openid offline_access")["refresh_token"]
