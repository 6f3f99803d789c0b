"""Web pages of other origins may ask for documents and tokens, and not drive the control API."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from idp_api import Api, IssuerApi, MakeIssuer

from mock_idp.vendors import VENDORS

PAGE = "https://spa.example"
FROM_PAGE = {"Origin": PAGE}
PREFLIGHT = {
    **FROM_PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}
ALLOWED = "Access-Control-Allow-Origin"
# What a page asks for in the code flow, by the member of the discovery document.
ASKED = ("token_endpoint", "userinfo_endpoint", "revocation_endpoint")


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest, make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer(request.param, algorithm="ES256", keys=[{"state": "current"}])


def endpoints(issuer: IssuerApi) -> list[str]:
    document = issuer.get("discovery_url").json()
    return [issuer.local(document[name]) for name in ASKED if name in document]


def ask(issuer: IssuerApi, method: str, url: str, **more: Any) -> requests.Response:
    return issuer.api.session.request(method, url, timeout=20, **more)


def test_documents_can_be_read_by_any_page(vendor: IssuerApi) -> None:
    """The discovery document and the keys."""
    for name in ("discovery_url", "jwks_uri"):
        assert vendor.get(name, headers=FROM_PAGE).headers[ALLOWED] in ("*", PAGE)


def test_a_preflight_is_answered(vendor: IssuerApi) -> None:
    """For each endpoint that a page asks, with the headers that it wants, and a method that some page may not send."""
    for url in endpoints(vendor):
        answer = ask(vendor, "OPTIONS", url, headers=PREFLIGHT)
        assert (answer.status_code, answer.headers[ALLOWED]) == (200, PAGE)
        assert "POST" in answer.headers["Access-Control-Allow-Methods"] or "userinfo" in url
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
        assert {"authorization", "content-type"} <= set(allowed)


def test_answers_can_be_read(vendor: IssuerApi) -> None:
    """Refusals, too: a page has to find out why."""
    for url in endpoints(vendor):
        answer = ask(vendor, "POST", url, data={"client_id": "spa"}, headers=FROM_PAGE)
        assert answer.headers[ALLOWED] == PAGE
        # Keycloak's do not say so.
        assert ("origin" in answer.headers.get("Vary", "").lower()) is (vendor.about["style"] != "keycloak")


@pytest.mark.parametrize("style", ["keycloak", "okta", "cognito", "custom"])
def test_without_an_origin_nothing_is_said(make_issuer: MakeIssuer, style: str) -> None:
    """Where no header is known to be sent to everybody."""
    issuer = make_issuer(style, algorithm="ES256")
    answers = [issuer.get(), issuer.get("discovery_url")]
    answers += [ask(issuer, "POST", url) for url in endpoints(issuer)]
    assert [one.url for one in answers if ALLOWED in one.headers] == []


def test_options_without_an_origin_is_no_preflight(issuer: IssuerApi) -> None:
    """It is a method that the endpoint doesn't take."""
    assert ask(issuer, "OPTIONS", issuer.local(issuer.about["token_endpoint"])).status_code == 405


def test_a_page_does_not_ask_for_the_login_page(issuer: IssuerApi) -> None:
    """The browser goes there by itself."""
    url = issuer.local(issuer.get("discovery_url").json()["authorization_endpoint"])
    assert ALLOWED not in ask(issuer, "OPTIONS", url, headers=PREFLIGHT).headers
    assert ALLOWED not in ask(issuer, "GET", url, headers=FROM_PAGE).headers


def test_a_preflight_takes_no_fault(issuer: IssuerApi) -> None:
    """The one that was planned is for the request that follows."""
    issuer.fault("status", on="token", status=503, times=1)
    url = issuer.local(issuer.about["token_endpoint"])
    form = {"grant_type": "client_credentials", "client_id": "spa", "client_secret": "any"}
    assert ask(issuer, "OPTIONS", url, headers=PREFLIGHT).status_code == 200
    assert ask(issuer, "POST", url, data=form, headers=FROM_PAGE).status_code == 503


@pytest.fixture
def declared(make_issuer: MakeIssuer) -> IssuerApi:
    """A realm with clients whose pages are somewhere, anywhere, and it is not said where."""
    clients = [
        {"id": "spa", "web_origins": [PAGE]},
        {"id": "any", "web_origins": ["*"]},
        {"id": "unsaid"},
        {"id": "none", "web_origins": []},
    ]
    return make_issuer("keycloak", algorithm="ES256", clients=clients)


@pytest.mark.parametrize(
    ("client_id", "origin", "allowed"),
    [
        ("spa", PAGE, True),
        ("spa", "https://evil.example", False),
        ("spa", f"{PAGE}.evil.example", False),
        ("any", "https://evil.example", True),
        ("unsaid", "https://evil.example", True),
        ("none", PAGE, False),
    ],
)
def test_the_origins_of_a_client(declared: IssuerApi, client_id: str, origin: str, allowed: bool) -> None:
    """Once they are declared, no other page gets a token, or can read why it doesn't."""
    form = {"grant_type": "password", "client_id": client_id, "username": "ann", "password": "any", "scope": "openid"}
    url = declared.local(declared.about["token_endpoint"])
    answer = ask(declared, "POST", url, data=form, headers={"Origin": origin})
    assert answer.status_code == (200 if allowed else 403)
    assert ("access_token" in answer.json()) == allowed
    assert answer.headers.get(ALLOWED) == (origin if allowed else None)


def test_userinfo_knows_the_client_by_its_token(declared: IssuerApi) -> None:
    """A page of another client's origin cannot read it."""
    form = {"grant_type": "password", "client_id": "spa", "username": "ann", "password": "any", "scope": "openid"}
    token = ask(declared, "POST", declared.local(declared.about["token_endpoint"]), data=form).json()["access_token"]
    url = declared.local(declared.get("discovery_url").json()["userinfo_endpoint"])
    bearer = {"Authorization": f"Bearer {token}"}
    assert ask(declared, "GET", url, headers={**bearer, **FROM_PAGE}).headers[ALLOWED] == PAGE
    assert ALLOWED not in ask(declared, "GET", url, headers={**bearer, "Origin": "https://evil.example"}).headers


def test_keycloak_lets_pages_send_credentials(declared: IssuerApi) -> None:
    """To the token endpoint, and with requests for documents too."""
    credentials = "Access-Control-Allow-Credentials"
    url = declared.local(declared.about["token_endpoint"])
    assert ask(declared, "OPTIONS", url, headers=PREFLIGHT).headers[credentials] == "true"
    assert declared.get(headers=FROM_PAGE).headers[credentials] == "true"


@pytest.mark.parametrize("path", ["/issuers", "/health", "/reset", "/openapi.json", "/issuers/none/tokens"])
@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000", "http://203.0.113.7", "null"])
def test_no_page_may_read_the_control_api(api: Api, path: str, origin: str) -> None:
    """Neither a preflight nor an answer allows an origin."""
    for method in ("OPTIONS", "GET"):
        assert ALLOWED not in api.call(method, path, headers={**PREFLIGHT, "Origin": origin}).headers


@pytest.mark.parametrize("origin", [PAGE, "http://203.0.113.7", "http://[2001:db8::7]:9400", "null", ""])
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json"])
def test_no_page_may_drive_the_control_api(api: Api, issuer: IssuerApi, origin: str, content_type: str) -> None:
    """Not even blindly, with the requests that a browser sends without a preflight, and from a bare address."""
    headers = {"Origin": origin, "Content-Type": content_type}
    answer = api.session.post(f"{api.url}/_mock/issuers/{issuer.id}/rotate", headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin")
    assert len(issuer.kids()) == 1
