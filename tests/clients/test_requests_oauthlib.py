"""requests-oauthlib, which insists on https for token endpoints and callbacks."""

from __future__ import annotations

from typing import Any

import pytest
from oauthlib.oauth2 import (
    BackendApplicationClient,
    InsecureTransportError,
    InvalidClientError,
    InvalidGrantError,
    LegacyApplicationClient,
    TokenExpiredError,
)
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session
from served_vendor import CALLBACK, MakeVendor, Vendor


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "entra", "cognito", "custom"])
def test_a_machine_gets_a_token(make_vendor: MakeVendor, style: str) -> None:
    """BackendApplicationClient, as Basic credentials."""
    vendor = make_vendor(style)
    with OAuth2Session(client=BackendApplicationClient("svc")) as session:
        token = session.fetch_token(vendor.document()["token_endpoint"], client_secret="secret")
    assert token["token_type"] == "Bearer"


def test_plain_http_is_refused_by_the_library(make_vendor: MakeVendor) -> None:
    """Which is why it needs the mock to speak TLS."""
    vendor = make_vendor("custom", tls=False)
    with OAuth2Session(client=BackendApplicationClient("svc")) as session, pytest.raises(InsecureTransportError):
        session.fetch_token(vendor.document()["token_endpoint"], client_secret="secret")


def test_a_wrong_secret_is_an_invalid_client(make_vendor: MakeVendor) -> None:
    """The error of RFC 6749 becomes the exception of its name."""
    vendor = make_vendor("custom")
    vendor.declare_client(id="svc", secret="secret")
    with OAuth2Session(client=BackendApplicationClient("svc")) as session, pytest.raises(InvalidClientError):
        session.fetch_token(vendor.document()["token_endpoint"], client_secret="wrong")


def logged_in(vendor: Vendor, session: OAuth2Session) -> dict[str, Any]:
    """The tokens of a whole code flow: WebApplicationClient, PKCE, state."""
    document = vendor.document()
    url, _ = session.authorization_url(document["authorization_endpoint"])
    callback = vendor.log_in(url)
    return dict(
        session.fetch_token(
            document["token_endpoint"], authorization_response=callback, client_secret="secret", include_client_id=True
        )
    )


def web_session(**more: Any) -> OAuth2Session:
    scope = ["openid", "profile", "offline_access"]
    return OAuth2Session("app", redirect_uri=CALLBACK, scope=scope, pkce="S256", **more)


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "custom"])
def test_a_user_logs_in(make_vendor: MakeVendor, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the session may call userinfo with the token from then on."""
    if style == "keycloak":
        # A realm grants more than it is asked for, which oauthlib takes for an attack unless it is told.
        monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    vendor = make_vendor(style)
    vendor.declare_user(username="ann", claims={"name": "Ann Example"})
    with web_session() as session:
        logged_in(vendor, session)
        assert session.get(vendor.document()["userinfo_endpoint"]).json()["name"] == "Ann Example"


def test_an_expired_token_is_refreshed_by_itself(make_vendor: MakeVendor) -> None:
    """`auto_refresh_url` and `token_updater`: the session asks for a new token before it sends the old one."""
    vendor = make_vendor("custom", token_lifetime_seconds=1)
    kept: list[dict[str, Any]] = []
    with web_session(
        auto_refresh_url=vendor.document()["token_endpoint"],
        auto_refresh_kwargs={"client_id": "app", "client_secret": "secret"},
        token_updater=kept.append,
    ) as session:
        first = logged_in(vendor, session)
        # What the library looks at; it would be so in a second.
        session.token = {**first, "expires_in": "-1", "expires_at": 1.0}
        vendor.control("PUT", "/clock", {"offset_seconds": 2})
        assert session.get(vendor.document()["userinfo_endpoint"]).status_code == 200
    assert kept[0]["access_token"] != first["access_token"]
    assert [one["form"]["grant_type"] for one in vendor.requests("token")] == ["authorization_code", "refresh_token"]


def test_without_that_it_is_an_error(make_vendor: MakeVendor) -> None:
    """The library itself says so, from `expires_in`."""
    vendor = make_vendor("custom")
    with web_session() as session:
        session.token = {**logged_in(vendor, session), "expires_in": "-1", "expires_at": 1.0}
        with pytest.raises(TokenExpiredError):
            session.get(vendor.document()["userinfo_endpoint"])


def test_a_refresh_token_that_comes_back_is_an_invalid_grant(make_vendor: MakeVendor) -> None:
    """With rotation, the first use ends it."""
    vendor = make_vendor("auth0", refresh="rotate")
    with web_session() as session:
        old = logged_in(vendor, session)["refresh_token"]
        endpoint, auth = vendor.document()["token_endpoint"], HTTPBasicAuth("app", "secret")
        session.refresh_token(endpoint, refresh_token=old, auth=auth)
        with pytest.raises(InvalidGrantError):
            session.refresh_token(endpoint, refresh_token=old, auth=auth)


def test_a_password_is_exchanged_for_tokens(make_vendor: MakeVendor) -> None:
    """LegacyApplicationClient."""
    vendor = make_vendor("okta")
    vendor.declare_user(username="ann", password="ann-password")
    with OAuth2Session(client=LegacyApplicationClient("app", scope=["openid"])) as session:
        token = session.fetch_token(
            vendor.document()["token_endpoint"],
            username="ann",
            password="ann-password",
            auth=HTTPBasicAuth("app", "secret"),
        )
    assert token["id_token"]
