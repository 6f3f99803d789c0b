"""The end of a login at a realm of Keycloak, as answers of a live 26.7.3 server have it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from relying_party import CALLBACK, MakeRp, Rp

AFTER = "https://app.example/bye"
CLIENT = {
    "id": "app",
    "secret": "secret",
    "redirect_uris": [CALLBACK],
    "post_logout_redirect_uris": [AFTER],
    "web_origins": ["https://app.example"],
}


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak", algorithm="ES256", clients=[CLIENT], users=[{"username": "ann"}])


def log_in(realm: Rp, scope: str = "openid") -> dict[str, Any]:
    """By the form, so that the browser has a login."""
    code = realm.returned(realm.fill(realm.authorize(scope=scope), username="ann", password="x"))["code"]
    return dict(realm.redeem(code).json())


def leave(realm: Rp, **parameters: str) -> requests.Response:
    return realm.get(f"{realm.document['end_session_endpoint']}?{urlencode(parameters)}")


def is_over(realm: Rp, tokens: dict[str, Any]) -> bool:
    answer = realm.token("refresh_token", refresh_token=tokens["refresh_token"])
    assert answer.status_code in (200, 400)
    return answer.status_code == 400


@pytest.mark.parametrize("parameters", [{}, {"client_id": "app", "post_logout_redirect_uri": AFTER, "state": "s"}])
def test_who_shows_no_token_is_asked_first(realm: Rp, parameters: dict[str, str]) -> None:
    """The login ends with the form of that page, and the browser goes where it was to go."""
    tokens = log_in(realm)
    page = leave(realm, **parameters)
    assert (page.status_code, is_over(realm, tokens)) == (200, False)
    answer = realm.fill(page, confirmLogout="Logout")
    assert is_over(realm, tokens)
    if parameters:
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{AFTER}?state=s")
    assert realm.returned(realm.authorize(prompt="none"))["error"] == "login_required"


def test_another_page_cannot_say_yes(realm: Rp) -> None:
    """What the page of one login sends ends no other one."""
    log_in(realm)
    page = leave(realm)
    realm.fill(page, confirmLogout="Logout")
    tokens = log_in(realm)
    assert realm.fill(page, confirmLogout="Logout").status_code == 200
    realm.post("end_session", {"confirmLogout": "Logout", "session_code": ""})
    assert not is_over(realm, tokens)


def test_nobody_is_asked_who_is_not_logged_in(realm: Rp) -> None:
    """Or who shows the ID token."""
    answer = leave(realm, client_id="app", post_logout_redirect_uri=AFTER)
    assert (answer.status_code, answer.headers["Location"]) == (302, AFTER)
    tokens = log_in(realm)
    answer = leave(realm, id_token_hint=tokens["id_token"], post_logout_redirect_uri=AFTER)
    assert (answer.status_code, is_over(realm, tokens)) == (302, True)


def test_an_access_token_is_no_hint(realm: Rp) -> None:
    """Its type is Bearer."""
    tokens = log_in(realm)
    assert (leave(realm, id_token_hint=tokens["access_token"]).status_code, is_over(realm, tokens)) == (400, False)


def test_the_first_of_two_parameters_counts(realm: Rp) -> None:
    """In a query and in a form; a body that is no form says nothing."""
    twice = f"post_logout_redirect_uri={AFTER}&post_logout_redirect_uri={CALLBACK}"
    for answer in (
        realm.get(f"{realm.document['end_session_endpoint']}?id_token_hint={log_in(realm)['id_token']}&{twice}"),
        realm.post("end_session", f"id_token_hint={log_in(realm)['id_token']}&{twice}"),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (302, AFTER)
    assert realm.post("end_session", "{}", headers={"Content-Type": "application/json"}).status_code == 200


def test_a_refresh_token_ends_its_login_again_and_again(realm: Rp) -> None:
    """204 each time, but not for an empty one."""
    form = {**realm.client, "refresh_token": log_in(realm)["refresh_token"]}
    assert [realm.post("end_session", form).status_code for _ in range(2)] == [204, 204]
    refused = realm.post("end_session", {**form, "refresh_token": ""})
    assert (refused.status_code, refused.json()["error_description"]) == (400, "Invalid refresh token")


def test_a_page_of_another_origin_ends_nothing(realm: Rp) -> None:
    """Its own one may read what it may."""
    tokens = log_in(realm)
    form = {**realm.client, "refresh_token": tokens["refresh_token"]}
    refused = realm.post("end_session", form, headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json(), is_over(realm, tokens)) == (403, {"error": "Invalid origin"}, False)
    answer = realm.post("end_session", form, headers={"Origin": "https://app.example"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Expose-Headers"] == "Access-Control-Allow-Methods"


def test_the_logout_says_no_cache(realm: Rp) -> None:
    """Whatever becomes of it."""
    hint = log_in(realm)["id_token"]
    for parameters in ({"id_token_hint": hint, "post_logout_redirect_uri": AFTER}, {"id_token_hint": "garbage"}, {}):
        answer = leave(realm, **parameters)
        assert (answer.headers["Cache-Control"], answer.headers.get("Pragma")) == ("no-cache", None)


def test_elsewhere_nobody_is_asked(make_rp: MakeRp) -> None:
    """Auth0, for one, logs out at once."""
    rp = make_rp("auth0")
    rp.fill(rp.authorize(scope="openid"), username="ann", password="x")
    assert leave(rp).status_code < 400
    assert rp.returned(rp.authorize(prompt="none"))["error"] == "login_required"
