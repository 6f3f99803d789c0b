"""MSAL, Entra ID's own library: it is told an authority and not to ask Microsoft about it, or finds Microsoft here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import trustme
from joserfc.jwk import RSAKey
from msal import ConfidentialClientApplication, PublicClientApplication, TokenCache
from one_way_proxy import one_way_proxy
from served_vendor import CALLBACK, MakeVendor, Vendor

TENANT = "8b7d1f5e-4c0a-4e7b-9b52-0c3d5a6f7e81"
MACHINE, USER = ["api://tasker-api/.default"], ["api://tasker-api/access"]


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    """A tenant with one user."""
    made = make_vendor("entra")
    made.declare_user(username="ann@example.com", password="ann-password")
    return made


def settings(vendor: Vendor) -> dict[str, Any]:
    """The authority is https with a tenant behind the host, and no discovery of the instance."""
    return {"authority": f"{vendor.url}/{TENANT}", "instance_discovery": False}


@pytest.fixture
def service(vendor: Vendor) -> ConfidentialClientApplication:
    return ConfidentialClientApplication("app", client_credential="secret", **settings(vendor))


def test_a_machine_gets_a_token_once(vendor: Vendor, service: ConfidentialClientApplication) -> None:
    """The second time it comes from MSAL's cache, because of `expires_in`."""
    first = service.acquire_token_for_client(MACHINE)
    second = service.acquire_token_for_client(MACHINE)
    assert first["access_token"] == second["access_token"]
    assert (second["token_source"], len(vendor.requests("token"))) == ("cache", 1)


def test_a_wrong_secret_is_told_with_its_number(vendor: Vendor, service: ConfidentialClientApplication) -> None:
    """AADSTS7000215, among the error codes that MSAL hands on."""
    vendor.declare_client(id="app", secret="another")
    refused = service.acquire_token_for_client(MACHINE)
    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [7000215])


def credential() -> dict[str, str]:
    """A key with its certificate in PEM, as MSAL wants them for an application that has one registered."""
    issued = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert("app.example", key_type=trustme.KeyType.RSA)
    key, certificate = issued.private_key_pem, issued.cert_chain_pems[0]
    return {"private_key": key.bytes().decode(), "public_certificate": certificate.bytes().decode()}


def test_a_client_proves_itself_with_a_certificate(vendor: Vendor) -> None:
    """MSAL signs with PS256 and names the certificate by its SHA-256; a key of somebody else is refused."""
    own, other = credential(), credential()
    jwk = RSAKey.import_key(own["private_key"]).as_dict(private=False)
    vendor.declare_client(id="app", keys=[jwk], auth_method="private_key_jwt")
    app = ConfidentialClientApplication("app", client_credential=own, **settings(vendor))
    assert app.acquire_token_for_client(MACHINE)["access_token"]
    stranger = ConfidentialClientApplication("app", client_credential=other, **settings(vendor))
    assert stranger.acquire_token_for_client(MACHINE)["error"] == "invalid_client"


def logged_in(vendor: Vendor, app: ConfidentialClientApplication) -> dict[str, Any]:
    """A whole code flow: PKCE, state and nonce are MSAL's own, and it checks what comes back."""
    flow = app.initiate_auth_code_flow(USER, redirect_uri=CALLBACK, response_mode="form_post")
    came = vendor.log_in_by_form(flow["auth_uri"], "ann@example.com")
    return dict(app.acquire_token_by_auth_code_flow(flow, came))


def test_a_user_logs_in(vendor: Vendor, service: ConfidentialClientApplication) -> None:
    """And MSAL knows an account from then on."""
    token = logged_in(vendor, service)
    assert token["id_token_claims"]["tid"] == TENANT
    assert [account["username"] for account in service.get_accounts()] == ["ann@example.com"]


def test_tokens_are_had_silently(vendor: Vendor, service: ConfidentialClientApplication) -> None:
    """From the cache, or with the refresh token that MSAL asked for with the scope offline_access."""
    logged_in(vendor, service)
    (account,) = service.get_accounts()
    assert service.acquire_token_silent(USER, account)["token_source"] == "cache"
    fresh = service.acquire_token_silent(USER, account, force_refresh=True)
    assert fresh["token_source"] == "identity_provider"


def test_a_service_acts_on_behalf_of_a_user(vendor: Vendor, service: ConfidentialClientApplication) -> None:
    """With the token that the user's application sent to it."""
    token = logged_in(vendor, service)["access_token"]
    assert service.acquire_token_on_behalf_of(token, ["api://reports/.default"])["access_token"]


def test_a_device_gets_tokens(vendor: Vendor) -> None:
    """A public client, once the user has agreed in a browser."""
    app = PublicClientApplication("app", **settings(vendor))
    flow = app.initiate_device_flow(USER)
    vendor.open_in_browser(f"{flow['verification_uri']}?user_code={flow['user_code']}", "ann@example.com")
    assert app.acquire_token_by_device_flow(flow)["id_token_claims"]["preferred_username"] == "ann@example.com"


def test_a_device_waits_for_its_user(vendor: Vendor) -> None:
    """Nobody has agreed yet. Past its end, says MSAL's documentation, a flow is tried once."""
    app = PublicClientApplication("app", **settings(vendor))
    flow = app.initiate_device_flow(USER)
    flow["expires_at"] = 0
    assert app.acquire_token_by_device_flow(flow)["error"] == "authorization_pending"


def test_a_generic_authority_is_accepted_too(vendor: Vendor) -> None:
    """`oidc_authority`, for which MSAL compares the issuer of the discovery document with what it was told."""
    app = ConfidentialClientApplication("app", client_credential="secret", oidc_authority=f"{vendor.url}/{TENANT}/v2.0")
    assert app.acquire_token_for_client(MACHINE)["access_token"]


@pytest.fixture
def microsoft(make_vendor: MakeVendor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    """The mock under Microsoft's own name: in its documents, in its certificate, and for who asks by this process."""
    host = "login.microsoftonline.com"
    vendor = make_vendor("entra", hosts=(host, "login.windows.net"), public_url=f"https://{host}")
    with one_way_proxy(vendor.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        yield vendor


def test_an_application_needs_no_change(microsoft: Vendor) -> None:
    """With the authority of production, MSAL doesn't look for another."""
    authority = f"https://login.microsoftonline.com/{TENANT}"
    app = ConfidentialClientApplication("app", client_credential="secret", authority=authority)
    assert app.acquire_token_for_client(MACHINE)["access_token"]
    assert microsoft.requests("token")[0]["client_id"] == "app"


def test_a_password_is_exchanged_for_tokens(microsoft: Vendor) -> None:
    """MSAL asks for the realm of the user at port 443 of the host, whatever port the authority has."""
    authority = f"https://login.microsoftonline.com/{TENANT}"
    app = ConfidentialClientApplication("app", client_credential="secret", authority=authority)
    token = app.acquire_token_by_username_password("ann@example.com", "ann-password", USER)
    assert token["id_token_claims"]["preferred_username"] == "ann@example.com"
    (realm,) = microsoft.requests("other")
    assert (realm["path"], realm["status"]) == ("/common/userrealm/ann@example.com", 200)


def test_tokens_of_microsoft_are_had_silently(microsoft: Vendor) -> None:
    """MSAL knows the account by `client_info`, and the fresh token is the refresh token's."""
    authority = f"https://login.microsoftonline.com/{TENANT}"
    app = ConfidentialClientApplication("app", client_credential="secret", authority=authority)
    claims = app.acquire_token_by_username_password("ann@example.com", "ann-password", USER)["id_token_claims"]
    (account,) = app.get_accounts("ann@example.com")
    assert account["home_account_id"] == f"{claims['oid']}.{claims['tid']}"
    assert app.acquire_token_silent(USER, account)["token_source"] == "cache"
    assert app.acquire_token_silent(USER, account, force_refresh=True)["token_source"] == "identity_provider"
    assert len(microsoft.requests("token")) == 2


def test_an_account_is_found_under_another_name_of_the_cloud(microsoft: Vendor) -> None:
    """MSAL asks which hosts are one with that of the authority, and uses the tokens it has from any of them."""
    cache = TokenCache()
    older, newer = (
        ConfidentialClientApplication(
            "app", client_credential="secret", authority=f"https://{host}/{TENANT}", token_cache=cache
        )
        for host in ("login.microsoftonline.com", "login.windows.net")
    )
    older.acquire_token_by_username_password("ann@example.com", "ann-password", USER)
    (account,) = newer.get_accounts("ann@example.com")
    assert newer.acquire_token_silent(USER, account)["token_source"] == "cache"
    asked = [one for one in microsoft.requests("discovery") if one["path"] == "/common/discovery/instance"]
    assert asked[0]["status"] == 200
