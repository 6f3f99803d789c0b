"""Realms that are off or want https, and clients that get nothing, as a live Keycloak 26.7.3 has them."""

from __future__ import annotations

import pytest
import requests
from relying_party import CALLBACK, MakeRp, Rp

CLIENTS = [{"id": "app", "secret": "secret", "redirect_uris": [CALLBACK]}]


@pytest.fixture
def api(make_rp: MakeRp) -> Rp:
    """A realm whose only client is an API."""
    return make_rp("keycloak", algorithm="ES256", clients=CLIENTS, options={"bearer_only_clients": ["app"]})


def at(realm: Rp, path: str) -> str:
    return str(realm.about["issuer"]) + path


def said(answer: requests.Response) -> tuple[int, str, str]:
    return answer.status_code, *(str(answer.json()[name]) for name in ("error", "error_description"))


@pytest.mark.parametrize("path", ["/protocol/openid-connect/auth", "/device", "/protocol/openid-connect/auth/device"])
@pytest.mark.parametrize("options", [{"realm_enabled": False}, {"ssl_required": "all"}])
def test_a_closed_realm_shows_no_page(make_rp: MakeRp, path: str, options: dict[str, object]) -> None:
    """But one that says so, also where a device asks for a code."""
    realm = make_rp("keycloak", algorithm="ES256", clients=CLIENTS, options=options)
    query = f"?client_id=app&response_type=code&redirect_uri={CALLBACK}"
    pages = [realm.get(at(realm, path + query))]
    pages.append(realm.session.post(realm.local(at(realm, path)), {**realm.client}, allow_redirects=False, timeout=20))
    for page in pages:
        assert (page.status_code, page.headers["Content-Type"]) == (400, "text/html;charset=utf-8")
        assert "Cache-Control" not in page.headers


@pytest.mark.parametrize("options", [{"realm_enabled": False}, {"ssl_required": "all"}])
def test_a_closed_realm_still_looks_at_tokens_at_userinfo(make_rp: MakeRp, options: dict[str, object]) -> None:
    """Its other endpoints refuse whoever asks, and say nothing of caches."""
    realm = make_rp("keycloak", algorithm="ES256", clients=CLIENTS, options=options)
    path = "/protocol/openid-connect/"
    answer = realm.get(at(realm, path + "userinfo"), headers={"Authorization": "Bearer garbage"})
    assert (answer.status_code, "Token verification failed" in answer.headers["WWW-Authenticate"]) == (401, True)
    for place in ("token/introspect", "revoke", "ext/par/request"):
        refused = realm.session.post(realm.local(at(realm, path + place)), {**realm.client, "token": "t"}, timeout=20)
        assert (refused.status_code, "Cache-Control" in refused.headers) == (403, False)


def test_the_page_of_a_realm_needs_no_tls(make_rp: MakeRp) -> None:
    """Its keys do, and a logout by a refresh token does."""
    realm = make_rp("keycloak", algorithm="ES256", clients=CLIENTS, options={"ssl_required": "all"})
    assert realm.get(at(realm, "")).json()["realm"] == "tasker"
    assert realm.get(realm.about["jwks_uri"]).status_code == 403
    form = {**realm.client, "refresh_token": "any"}
    logout = realm.session.post(realm.local(at(realm, "/protocol/openid-connect/logout")), form, timeout=20)
    assert said(logout) == (403, "invalid_request", "HTTPS required")


def test_who_leaves_a_realm_that_is_off(make_rp: MakeRp) -> None:
    """Is not kept: the refresh token is looked at."""
    realm = make_rp("keycloak", algorithm="ES256", clients=CLIENTS, options={"realm_enabled": False})
    answer = realm.post("end_session", {**realm.client, "refresh_token": "any"})
    assert said(answer) == (400, "invalid_grant", "Invalid refresh token")


@pytest.mark.parametrize(
    ("endpoint", "form", "expected"),
    [
        ("revocation", {"token": "t"}, (400, "invalid_client", "Bearer-only not allowed")),
        ("end_session", {"refresh_token": "t"}, (400, "invalid_client", "Bearer-only not allowed")),
        (
            "device_authorization",
            {},
            (403, "unauthorized_client", "Bearer-only applications are not allowed to initiate browser login."),
        ),
    ],
)
def test_an_api_gets_nothing_anywhere(api: Rp, endpoint: str, form: dict[str, str], expected: tuple[str, ...]) -> None:
    """Each endpoint has its words."""
    assert said(api.post(endpoint, {**api.client, **form})) == expected


def test_nobody_logs_in_to_an_api(api: Rp) -> None:
    """A page says so."""
    answer = api.get(f"{api.document['authorization_endpoint']}?client_id=app&redirect_uri={CALLBACK}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/html;charset=utf-8")


@pytest.mark.parametrize(("proof", "status"), [("garbage", 400), ("eyJhbGciOiJFUzI1NiJ9.e30.c2ln", 200)])
def test_a_proof_that_is_none(make_rp: MakeRp, proof: str, status: int) -> None:
    """Is refused to whoever sends one, and not only to those who have to; one that can be read is not looked at."""
    realm = make_rp("keycloak", algorithm="ES256", clients=CLIENTS)
    form = {"grant_type": "client_credentials", **realm.client}
    answer = realm.post("token", form, headers={"DPoP": proof})
    assert answer.status_code == status
    if status != 200:
        assert said(answer)[1:] == ("invalid_request", "DPoP header verification failure")
