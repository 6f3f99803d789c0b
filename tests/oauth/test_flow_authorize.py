"""The authorization endpoint and its login page, as a browser meets them."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import pytest
from relying_party import CALLBACK, MakeRp, PageForm, Rp

USERS = [{"username": "ann", "password": "right"}]


def test_the_login_page(make_rp: MakeRp) -> None:
    """Name and password, and back with a code."""
    rp = make_rp(users=USERS)
    shown = rp.authorize(state="s")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    returned = rp.returned(rp.fill(shown, username="ann", password="right", action="login"))
    assert returned["state"] == "s"
    assert rp.redeem(returned["code"]).status_code == 200


def test_a_wrong_password(make_rp: MakeRp) -> None:
    """The page is shown again, with the name filled in; a 401 would want a challenge (RFC 9110 section 15.5.2)."""
    rp = make_rp(users=USERS)
    again = rp.fill(rp.authorize(), username="ann", password="wrong", action="login")
    assert (again.status_code, PageForm(again.text).fields["username"]) == (200, "ann")
    assert "wrong" in again.text


def test_cancel(rp: Rp) -> None:
    """The client is told (RFC 6749 section 4.1.2.1)."""
    assert rp.returned(rp.fill(rp.authorize(), action="deny"))["error"] == "access_denied"


def test_a_hint_fills_in_the_name(rp: Rp) -> None:
    """`login_hint`, escaped."""
    assert PageForm(rp.authorize(login_hint='"><b>ann').text).fields["username"] == '"><b>ann'


def test_a_page_has_no_markup_of_others(make_rp: MakeRp) -> None:
    """Whatever a request says is text."""
    rp = make_rp()
    shown = rp.authorize(client_id="<script>x</script>", scope="<i>")
    assert "<script>" not in shown.text
    assert "<i>" not in shown.text


def test_a_login_is_remembered(rp: Rp) -> None:
    """The next client needs no page; the time of the login stays."""
    rp.fill(rp.authorize(), username="ann", action="login")
    rp.pass_time(100)
    claims = rp.claims(rp.redeem(rp.returned(rp.authorize(scope="openid"))["code"]).json()["id_token"])
    assert claims["iat"] - claims["auth_time"] == 100


@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"max_age": "50"}])
def test_a_login_that_is_not_enough(rp: Rp, parameters: dict[str, str]) -> None:
    """The page is shown in spite of it (OpenID Connect Core section 3.1.2.1)."""
    rp.fill(rp.authorize(), username="ann", action="login")
    rp.pass_time(100)
    assert rp.authorize(**parameters).status_code == 200


def test_no_page_at_all(rp: Rp) -> None:
    """`prompt=none` without a login."""
    assert rp.returned(rp.authorize(prompt="none"))["error"] == "login_required"


def test_a_login_is_the_issuers_own(make_rp: MakeRp) -> None:
    """The cookie of one issuer is nothing to another."""
    first, second = make_rp(), make_rp()
    second.session.cookies = first.session.cookies
    first.fill(first.authorize(), username="ann", action="login")
    assert second.returned(second.authorize(prompt="none"))["error"] == "login_required"


def test_the_cookie_is_not_for_scripts(rp: Rp) -> None:
    """HttpOnly, below the path of the issuer only."""
    cookie = rp.fill(rp.authorize(), username="ann", action="login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert f"Path=/i/{rp.about['id']};" in cookie


def test_an_issuer_without_a_page(make_rp: MakeRp) -> None:
    """The setting auto_login."""
    rp = make_rp(auto_login="bob")
    tokens = rp.redeem(rp.returned(rp.authorize(scope="openid"))["code"]).json()
    assert rp.claims(tokens["id_token"])["sub"] == "bob"


def test_a_user_nobody_declared(make_rp: MakeRp) -> None:
    """`mock_user` needs no password, but it has to be somebody."""
    rp = make_rp(users=USERS)
    assert "code" in rp.returned(rp.authorize(mock_user="ann"))
    assert rp.returned(rp.authorize(mock_user="eve"))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "smoke_signal"}, "invalid_request"),
        ({"request": "e30."}, "request_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"audience": "unknown"}, "invalid_target"),
    ],
)
def test_what_is_refused_to_the_client(make_rp: MakeRp, parameters: dict[str, str], code: str) -> None:
    """By way of the redirect URI, with the state."""
    rp = make_rp(scopes=["tasks:read"], audiences=["tasker-api"])
    returned = rp.returned(rp.authorize(state="s", mock_user="ann", **parameters))
    assert (returned["error"], returned["state"]) == (code, "s")


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": ""},
        {"client_id": "unknown"},
        {"redirect_uri": ""},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?a=b"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:made-up"},
    ],
)
def test_what_is_shown_to_the_user(make_rp: MakeRp, parameters: dict[str, str]) -> None:
    """Nobody is sent to an address that is not the client's."""
    rp = make_rp(clients=[{"id": "app", "redirect_uris": [CALLBACK, "https://app.example/2"]}])
    answer = rp.authorize(mock_user="ann", **parameters)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "uri",
    ["/relative", "https://a.example/#f", "javascript:alert(1)", "data:text/html,x", "https://a.example/\r\nX: y"],
)
def test_what_is_no_redirect_uri(rp: Rp, uri: str) -> None:
    """Also for a client that declared none."""
    assert rp.authorize(mock_user="ann", redirect_uri=uri).status_code == 400


def test_the_only_redirect_uri_need_not_be_said(make_rp: MakeRp) -> None:
    """RFC 6749 section 3.1.2.3; at the token endpoint neither."""
    rp = make_rp(clients=[{"id": "app", "redirect_uris": [CALLBACK]}])
    code = rp.code(redirect_uri="")
    assert rp.token("authorization_code", code=code).status_code == 200


def test_the_fragment(rp: Rp) -> None:
    """response_mode=fragment."""
    location = rp.authorize(mock_user="ann", response_mode="fragment").headers["Location"]
    assert "code=" in urlsplit(location).fragment
    assert urlsplit(location).query == ""


def test_a_form_post(rp: Rp) -> None:
    """response_mode=form_post: a page whose form brings the code."""
    form = PageForm(rp.authorize(mock_user="ann", response_mode="form_post", state='"s').text)
    assert (form.action, form.fields["state"]) == (CALLBACK, '"s')
    assert rp.redeem(form.fields["code"]).status_code == 200


def test_a_request_by_post(rp: Rp) -> None:
    """OpenID Connect Core section 3.1.2.1; the browser ends at the same page."""
    form = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "state": "a\r\nb"}
    answer = rp.post("authorization", urlencode(form))
    assert answer.status_code == 303
    assert "Log in" in rp.session.get(rp.local(rp.document["authorization_endpoint"]) + answer.headers["Location"]).text


def test_who_is_logged_in_by_the_settings_stays_it(make_rp: MakeRp) -> None:
    """With `auto_login` the browser gets a cookie: its next code is of the same session, one of a fresh login not."""
    rp = make_rp("keycloak", auto_login="ann")
    sessions = [rp.returned(rp.authorize(**more))["session_state"] for more in ({}, {}, {"prompt": "login"})]
    assert sessions[0] == sessions[1] != sessions[2]
