"""Authlib as a relying party: all it is told is a vendor's discovery document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from flask import Flask, session
from joserfc.jwk import RSAKey
from served_vendor import CALLBACK, MakeVendor, Vendor, returned

SECRET = "a-secret-of-thirty-two-characters"


@contextmanager
def client(vendor: Vendor, method: str | None = None, **more: Any) -> Iterator[OAuth2Session]:
    """A session for the client `app`, with the endpoints of the discovery document as its metadata."""
    settings = {"client_secret": SECRET, "redirect_uri": CALLBACK, **vendor.document(), **more}
    with OAuth2Session("app", token_endpoint_auth_method=method, **settings) as made:
        yield made


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "entra", "cognito", "custom"])
def test_a_machine_gets_a_token(make_vendor: MakeVendor, style: str) -> None:
    """With client_secret_basic, Authlib's own choice."""
    vendor = make_vendor(style)
    with client(vendor) as app:
        assert app.fetch_token(vendor.document()["token_endpoint"], grant_type="client_credentials")["access_token"]
    assert vendor.requests("token")[0]["credentials"] == ["authorization"]


def test_a_client_proves_itself_with_its_secret_in_a_jwt(make_vendor: MakeVendor) -> None:
    """client_secret_jwt, addressed to the token endpoint; another secret is refused."""
    vendor = make_vendor("okta")
    vendor.declare_client(id="app", secret=SECRET, auth_method="client_secret_jwt")
    endpoint = vendor.document()["token_endpoint"]
    with client(vendor, "client_secret_jwt") as app:
        app.register_client_auth_method(ClientSecretJWT(endpoint))
        assert app.fetch_token(endpoint, grant_type="client_credentials", scope="tasks:list")["token_type"] == "Bearer"
    with client(vendor, "client_secret_jwt", client_secret=SECRET[::-1]) as other:
        other.register_client_auth_method(ClientSecretJWT(endpoint))
        with pytest.raises(OAuthError, match="invalid_client"):
            other.fetch_token(endpoint, grant_type="client_credentials", scope="tasks:list")


def test_a_client_proves_itself_with_a_key(make_vendor: MakeVendor) -> None:
    """private_key_jwt, checked with the public half that was declared; another key is refused."""
    vendor = make_vendor("keycloak")
    key = RSAKey.generate_key(2048, {"kid": "app-1"})
    vendor.declare_client(id="app", keys=[key.as_dict(private=False)], auth_method="private_key_jwt")
    endpoint = vendor.document()["token_endpoint"]
    with client(vendor, "private_key_jwt", client_secret=key) as app:
        app.register_client_auth_method(PrivateKeyJWT(endpoint, headers={"kid": "app-1"}))
        assert app.fetch_token(endpoint, grant_type="client_credentials", scope="tasks:list")["token_type"] == "Bearer"
    with client(vendor, "private_key_jwt", client_secret=RSAKey.generate_key(2048)) as other:
        other.register_client_auth_method(PrivateKeyJWT(endpoint))
        with pytest.raises(OAuthError, match="client"):
            other.fetch_token(endpoint, grant_type="client_credentials", scope="tasks:list")


def logged_in(vendor: Vendor, app: OAuth2Session) -> dict[str, Any]:
    """The tokens of a whole code flow with PKCE."""
    verifier = generate_token(48)
    url, state = app.create_authorization_url(vendor.document()["authorization_endpoint"], code_verifier=verifier)
    callback = vendor.log_in(url)
    assert returned(callback)["state"] == state
    token_endpoint = vendor.document()["token_endpoint"]
    return dict(app.fetch_token(token_endpoint, authorization_response=callback, code_verifier=verifier))


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "entra", "google", "custom"])
def test_tokens_are_refreshed(make_vendor: MakeVendor, style: str) -> None:
    """Got with a code and PKCE, refreshed with the refresh token that came along."""
    vendor = make_vendor(style)
    with client(vendor, scope="openid offline_access", code_challenge_method="S256") as app:
        first = logged_in(vendor, app)
        # Tokens of the same second can be the same.
        vendor.control("PUT", "/clock", {"offset_seconds": 1})
        second = app.refresh_token(vendor.document()["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["access_token"] != first["access_token"]


def test_a_token_is_introspected_until_it_is_revoked(make_vendor: MakeVendor) -> None:
    """RFC 7662 and RFC 7009, with the client's credentials."""
    vendor = make_vendor("okta")
    document = vendor.document()
    with client(vendor) as app:
        token = app.fetch_token(document["token_endpoint"], grant_type="client_credentials")["access_token"]
        before = app.introspect_token(document["introspection_endpoint"], token=token).json()
        assert app.revoke_token(document["revocation_endpoint"], token=token).status_code == 200
        after = app.introspect_token(document["introspection_endpoint"], token=token).json()
    assert (before["active"], after) == (True, {"active": False})


def test_a_wrong_secret_is_an_oauth_error(make_vendor: MakeVendor) -> None:
    """With the words of RFC 6749."""
    vendor = make_vendor("custom")
    vendor.declare_client(id="app", secret="another")
    with client(vendor) as app, pytest.raises(OAuthError) as refused:
        app.fetch_token(vendor.document()["token_endpoint"], grant_type="client_credentials")
    assert refused.value.error == "invalid_client"


class WebApp:
    """A web application that uses Authlib's Flask client, in front of a browser without a screen."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self.app = Flask("rp")
        self.app.secret_key = "of the test"
        self.provider = OAuth(self.app).register(
            "vendor",
            client_id="app",
            client_secret=SECRET,
            server_metadata_url=vendor.discovery_url,
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
        )

    def log_in(self, **parameters: str) -> dict[str, Any]:
        """The token response, with the claims of the checked ID token as `userinfo`."""
        with self.app.test_request_context("/"):
            url = self.provider.authorize_redirect(CALLBACK, **parameters).location
            kept = dict(session)
        callback = urlsplit(self._vendor.log_in(url))
        with self.app.test_request_context(f"{callback.path}?{callback.query}", base_url="https://app.example"):
            session.update(kept)
            return dict(self.provider.authorize_access_token())


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "entra", "cognito", "google", "custom"])
def test_a_user_logs_in(make_vendor: MakeVendor, style: str) -> None:
    """PKCE, state, and an ID token whose signature, issuer, audience, nonce and at_hash Authlib checks."""
    vendor = make_vendor(style)
    vendor.declare_user(username="ann", claims={"name": "Ann Example"})
    token = WebApp(vendor).log_in()
    assert token["userinfo"]["aud"] in ("app", ["app"])
    assert token["userinfo"]["nonce"]
    assert token["access_token"]


def test_an_id_token_with_another_nonce_is_refused(make_vendor: MakeVendor) -> None:
    """Authlib compares it with the one that it sent."""
    vendor = make_vendor("custom")
    vendor.control("POST", "/script", {"claims": {"nonce": "of somebody else"}})
    with pytest.raises(Exception, match="nonce"):
        WebApp(vendor).log_in()


def test_an_id_token_with_another_at_hash_is_refused(make_vendor: MakeVendor) -> None:
    """Authlib computes it from the access token."""
    vendor = make_vendor("custom")
    vendor.control("POST", "/script", {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}})
    with pytest.raises(Exception, match="at_hash"):
        WebApp(vendor).log_in()


def test_userinfo_is_fetched_with_the_access_token(make_vendor: MakeVendor) -> None:
    """From the endpoint of the discovery document."""
    vendor = make_vendor("keycloak")
    vendor.declare_user(username="ann", claims={"name": "Ann Example"})
    web = WebApp(vendor)
    token = web.log_in()
    assert web.provider.userinfo(token=token)["name"] == "Ann Example"


def test_keys_that_changed_are_fetched_again(make_vendor: MakeVendor) -> None:
    """Authlib keeps the JWKS of the first login and comes back for an unknown kid."""
    vendor = make_vendor("custom")
    web = WebApp(vendor)
    web.log_in()
    vendor.control("POST", "/rotate", {})
    assert web.log_in()["userinfo"]["sub"]
    assert len(vendor.requests("jwks")) == 2
