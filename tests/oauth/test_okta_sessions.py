"""The session of a browser at Okta, as okta-auth-js asks for it: from a page of another origin, with a cookie."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from relying_party import START, MakeRp, Rp

ORIGIN = "https://app.example"
GONE = {"errorCode": "E0000007", "errorSummary": "Not found: Resource not found: me (Session)", "errorLink": "E0000007"}


def me(rp: Rp, method: str = "GET", more: str = "", **headers: str) -> requests.Response:
    """A request about the session of this browser, from a page."""
    organization = rp.about["issuer"].partition("/oauth2")[0]
    url = rp.local(f"{organization}/api/v1/sessions/me{more}")
    return rp.session.request(method, url, headers={"Origin": ORIGIN, **headers}, timeout=20)


@pytest.fixture
def okta(make_rp: MakeRp) -> Rp:
    users = [{"username": "ann@example.com", "claims": {"name": "Ann Example"}}]
    return make_rp("okta", users=users, auto_login="ann@example.com")


def test_who_is_logged_in(okta: Rp) -> None:
    """A session of the organization, with what leads further; the id of the user is that of ID tokens."""
    tokens = okta.tokens("openid", mock_user="")
    answer = me(okta)
    session = answer.json()
    assert (answer.status_code, session["status"], session["login"]) == (200, "ACTIVE", "ann@example.com")
    assert session["userId"] == okta.claims(tokens["id_token"])["sub"]
    assert (session["createdAt"], session["expiresAt"]) == ("2027-01-15T08:00:00.000Z", "2027-01-15T18:00:00.000Z")
    assert (session["lastPasswordVerification"], session["lastFactorVerification"]) == (session["createdAt"], None)
    assert (session["amr"], session["idp"]["type"], session["mfaActive"]) == (["pwd"], "OKTA", False)
    links = session["_links"]
    assert {name: link["hints"]["allow"] for name, link in links.items()} == {
        "self": ["GET", "DELETE"],
        "refresh": ["POST"],
        "user": ["GET"],
    }
    assert links["self"]["href"].endswith("/api/v1/sessions/me")
    assert links["user"]["name"] == "Ann Example"
    assert START == 1_800_000_000


def test_until_it_ends(okta: Rp) -> None:
    """A refresh prolongs it, time and a DELETE end it; then every call says that there is none."""
    okta.code(mock_user="")
    begun = me(okta).json()
    okta.pass_time(9 * 3600)
    prolonged = me(okta, "POST", "/lifecycle/refresh", **{"Content-Type": "application/json"}).json()
    assert prolonged == {**begun, "expiresAt": "2027-01-16T03:00:00.000Z"}
    okta.pass_time(18 * 3600)
    assert me(okta).json() == prolonged
    okta.pass_time(19 * 3600)
    assert me(okta).status_code == 404
    okta.code(mock_user="")
    closed = me(okta, "DELETE")
    assert (closed.status_code, closed.content, [*okta.session.cookies]) == (204, b"", [])
    for method, more in (("GET", ""), ("DELETE", ""), ("POST", "/lifecycle/refresh")):
        answer = me(okta, method, more)
        said: dict[str, Any] = answer.json()
        assert answer.status_code == 404
        assert {name: said[name] for name in GONE} == GONE
        assert (said["errorCauses"], said["errorId"][:3]) == ([], "oae")


def test_a_closed_session_is_that_of_the_logins(okta: Rp) -> None:
    """Nobody is logged in without a page, and a removed user is in no browser either."""
    okta.code(mock_user="")
    okta.own("DELETE", "/users/ann@example.com")
    assert me(okta).status_code == 404
    okta.own("POST", "/users", {"username": "ann@example.com"})
    okta.code(mock_user="")
    assert me(okta).status_code == 200
    okta.get(okta.document["end_session_endpoint"])
    assert me(okta).status_code == 404


@pytest.mark.parametrize(
    ("origins", "trusted"),
    [(None, True), ([ORIGIN], True), (["*"], True), (["https://other.example"], False), ([], False)],
)
def test_which_pages_may_ask(make_rp: MakeRp, origins: list[str] | None, trusted: bool) -> None:
    """With the cookie, from the origin of a client, as from the organization's trusted origins."""
    declared = {} if origins is None else {"web_origins": origins}
    rp = make_rp("okta", clients=[{"id": "app", "secret": "secret", **declared}], auto_login="ann")
    rp.code(scope="openid")
    for answer in (me(rp), me(rp, "DELETE"), me(rp)):
        assert answer.headers.get("Access-Control-Allow-Origin") == (ORIGIN if trusted else None)
        assert answer.headers.get("Access-Control-Allow-Credentials") == ("true" if trusted else None)


@pytest.mark.parametrize(("method", "more"), [("DELETE", ""), ("POST", "/lifecycle/refresh")])
def test_preflights(okta: Rp, method: str, more: str) -> None:
    """They allow the method, the headers of the SDK and its cookie."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "x-okta-user-agent-extended"}
    said = me(okta, "OPTIONS", more, **asked)
    assert said.status_code == 200
    assert said.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert said.headers["Access-Control-Allow-Credentials"] == "true"
    assert said.headers["Access-Control-Allow-Headers"] == asked["Access-Control-Request-Headers"]
    assert method in said.headers["Access-Control-Allow-Methods"].split(", ")


def test_other_methods_and_vendors(okta: Rp, rp: Rp) -> None:
    """Only Okta has it, and each path its own methods."""
    assert (me(okta, "PUT").status_code, me(okta, "GET", "/lifecycle/refresh").status_code) == (405, 405)
    assert me(rp).status_code == 404
    assert "errorCode" not in me(rp).json()
