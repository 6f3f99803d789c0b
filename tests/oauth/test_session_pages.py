"""The pages that keycloak-js keeps in iframes, and the account, as a client without a browser sees them."""

from __future__ import annotations

import base64
import hashlib

import pytest
from relying_party import MakeRp, Rp

CONNECT = "/protocol/openid-connect"
ORIGIN = "https://app.example"


@pytest.fixture
def realm(make_rp: MakeRp) -> Rp:
    """A realm with one client, which names its origin."""
    return make_rp("keycloak", clients=[{"id": "spa", "web_origins": [ORIGIN]}])


@pytest.mark.parametrize("page", ["login-status-iframe.html", "3p-cookies/step1.html", "3p-cookies/step2.html"])
def test_the_pages_may_stand_in_frames(realm: Rp, page: str) -> None:
    """They are HTML, and nothing keeps another origin from framing them."""
    answer = realm.get(f"{realm.about['issuer']}{CONNECT}/{page}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html;charset=utf-8")
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"client_id=spa&origin={ORIGIN}", 204),
        ("client_id=spa&origin=https://other.example", 403),
        (f"client_id=nobody&origin={ORIGIN}", 403),
        (f"origin={ORIGIN}", 403),
        ("client_id=spa", 403),
        ("client_id=spa&client_id=spa", 403),
    ],
)
def test_who_may_ask_about_the_session(realm: Rp, query: str, status: int) -> None:
    """A known client, from an origin of its own."""
    url = f"{realm.about['issuer']}{CONNECT}/login-status-iframe.html/init?{query}"
    assert realm.get(url).status_code == status


def test_the_cookie_of_the_session(make_rp: MakeRp) -> None:
    """Scripts of the iframe can read it; it is the digest of what the answer calls the session."""
    rp = make_rp("keycloak", auto_login="ann")
    session = rp.returned(rp.authorize(scope="openid"))["session_state"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(session.encode()).digest()).decode().rstrip("=")
    assert rp.session.cookies["KEYCLOAK_SESSION"] == digest
    asked = rp.get(rp.document["end_session_endpoint"])
    assert "KEYCLOAK_SESSION" in rp.session.cookies
    rp.fill(asked, confirmLogout="Logout")
    assert "KEYCLOAK_SESSION" not in rp.session.cookies


def test_a_logout_by_hint_takes_the_cookies(make_rp: MakeRp) -> None:
    """The ID token ends the session, and the browser forgets it: the iframes of its other tabs look at nothing else."""
    rp = make_rp("keycloak", auto_login="ann")
    hint = rp.tokens("openid", mock_user="")["id_token"]
    assert {"KEYCLOAK_SESSION", f"mock_idp_{rp.about['id']}"} == {*rp.session.cookies.keys()}
    rp.get(f"{rp.document['end_session_endpoint']}?id_token_hint={hint}")
    assert [*rp.session.cookies] == []


def test_the_account(make_rp: MakeRp) -> None:
    """JSON about the user of a token, a page for everybody else."""
    rp = make_rp("keycloak", users=[{"username": "ann", "claims": {"email": "ann@example.com", "team": "blue"}}])
    token = rp.tokens("openid", mock_user="ann")["access_token"]
    url, json = f"{rp.about['issuer']}/account", {"Accept": "application/json"}
    said = rp.get(url, headers={**json, "Authorization": f"Bearer {token}", "Origin": ORIGIN})
    assert said.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert (said.json()["username"], said.json()["email"]) == ("ann", "ann@example.com")
    assert said.json()["attributes"] == {"team": ["blue"]}
    assert rp.get(url, headers=json).status_code == 401
    assert "Nobody is logged in" in rp.get(url).text
