"""Pushed authorization requests at a realm of Keycloak, as answers of a live 26.7.3 server have them."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from relying_party import CALLBACK, MakeRp, Rp

CLIENTS = [
    {"id": "app", "secret": "secret", "redirect_uris": [CALLBACK], "scopes": []},
    {"id": "machine", "secret": "secret", "grant_types": ["client_credentials"], "redirect_uris": [CALLBACK]},
    {"id": "strict", "redirect_uris": [CALLBACK], "require_pkce": True},
]
GOOD = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid"}


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    return make_rp("keycloak", algorithm="ES256", clients=CLIENTS, users=[{"username": "ann"}])


def pushed(realm: Rp, **form: str) -> str:
    answer = realm.post("pushed_authorization_request", {**realm.client, **GOOD, **form})
    assert answer.status_code == 201
    return str(answer.json()["request_uri"])


def test_its_name_and_its_headers(realm: Rp) -> None:
    """An id in the dress of a UUID, and nothing about caches."""
    answer = realm.post("pushed_authorization_request", {**realm.client, **GOOD})
    assert re.fullmatch(r"urn:ietf:params:oauth:request_uri:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", pushed(realm))
    assert ("Cache-Control" in answer.headers, answer.headers["X-Frame-Options"]) == (False, "SAMEORIGIN")


@pytest.mark.parametrize(
    ("form", "status", "error", "sentence"),
    [
        ({"redirect_uri": CALLBACK + "/x"}, 400, "invalid_request", "Invalid parameter: redirect_uri"),
        ({"response_type": ""}, 400, "invalid_request", "Missing parameter: response_type"),
        ({"response_type": "", "redirect_uri": ""}, 400, "invalid_request", "Missing parameter: response_type"),
        ({"response_type": "x"}, 400, "invalid_request", "Unsupported response type"),
        ({"response_type": "id_token"}, 401, "unauthorized_client", "Implicit flow is disabled for the client."),
        ({"client_id": "machine"}, 401, "unauthorized_client", "Standard flow is disabled for the client."),
        ({"scope": "openid x:y"}, 400, "invalid_request", "Invalid scopes: openid x:y"),
        ({"request_uri": "urn:x"}, 400, "invalid_request", "It is not allowed to include request_uri to PAR."),
        ({"max_age": "x"}, 400, "invalid_request", "invalidRequestMessage"),
        ({"client_id": "strict"}, 400, "invalid_request", "Missing parameter: code_challenge_method"),
    ],
)
def test_what_is_refused(realm: Rp, form: dict[str, str], status: int, error: str, sentence: str) -> None:
    """In its words."""
    answer = realm.post("pushed_authorization_request", {**realm.client, **GOOD, **form})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"].endswith(sentence)


def test_what_was_not_pushed_counts_beside_it(realm: Rp) -> None:
    """And what was pushed counts more."""
    beside = {"client_id": "app", "nonce": "n-1", "scope": "email", "prompt": "none"}
    query = urlencode({**beside, "request_uri": pushed(realm)})
    url = realm.document["authorization_endpoint"]
    assert realm.returned(realm.get(f"{url}?{query}"))["error"] == "login_required"
    query = urlencode({**beside, "prompt": "", "request_uri": pushed(realm), "mock_user": "ann"})
    tokens = realm.redeem(realm.returned(realm.get(f"{url}?{query}"))["code"]).json()
    assert (realm.claims(tokens["id_token"])["nonce"], tokens["scope"]) == ("n-1", "openid email profile")


def test_elsewhere_it_does_not(make_rp: MakeRp) -> None:
    """RFC 9126 section 4."""
    rp = make_rp()
    uri = rp.post("pushed_authorization_request", {**rp.client, **GOOD}).json()["request_uri"]
    query = urlencode({"client_id": "app", "prompt": "none", "request_uri": uri})
    assert rp.get(f"{rp.document['authorization_endpoint']}?{query}").status_code == 200
