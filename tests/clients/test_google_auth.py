"""google-auth: service accounts and users that refresh, and the ID tokens that a service verifies.

Where it takes an address it is told that of the mock. `verify_oauth2_token` takes none, and only tokens of
https://accounts.google.com: for that one the mock has Google's names, and a proxy leads there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import credentials, id_token, service_account
from joserfc.jwk import RSAKey
from one_way_proxy import one_way_proxy
from served_vendor import CALLBACK, MakeVendor, Vendor, returned

EMAIL = "robot@project.iam.gserviceaccount.com"
SERVICE = "https://api.example.com"


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    return make_vendor("google")


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "key-1"})


@pytest.fixture
def account(vendor: Vendor, key: RSAKey) -> dict[str, Any]:
    """What stands in the JSON file of a service account, with the mock as its `token_uri`."""
    vendor.declare_client(id=EMAIL, keys=[key.as_dict(private=False)])
    return {
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "key-1",
        "private_key": key.as_pem(private=True).decode(),
        "client_email": EMAIL,
        "client_id": "104857600000000000001",
        "token_uri": f"{vendor.url}/token",
    }


def fetched_id_token(account: dict[str, Any]) -> str:
    """An ID token for the service, as a caller of it fetches one."""
    caller = service_account.IDTokenCredentials.from_service_account_info(account, target_audience=SERVICE)
    caller.refresh(Request())
    return str(caller.token)


@pytest.mark.parametrize("path", ["/oauth2/v1/certs", "/oauth2/v3/certs"], ids=["certificates", "jwks"])
def test_an_id_token_of_a_service_account_is_accepted(vendor: Vendor, account: dict[str, Any], path: str) -> None:
    """With both forms of Google's keys, by `certs_url`."""
    claims = id_token.verify_token(fetched_id_token(account), Request(), SERVICE, f"{vendor.url}{path}")
    assert (claims["iss"], claims["email"]) == (vendor.issuer, EMAIL)


def test_the_certificates_follow_a_rotation(vendor: Vendor, account: dict[str, Any]) -> None:
    """They are those of the JWKS, by the same kids."""
    before = fetched_id_token(account)
    vendor.control("POST", "/rotate", {})
    for token in (before, fetched_id_token(account)):
        assert id_token.verify_token(token, Request(), SERVICE, f"{vendor.url}/oauth2/v1/certs")


def test_an_id_token_for_another_service_is_refused(vendor: Vendor, account: dict[str, Any]) -> None:
    """By its audience."""
    with pytest.raises(GoogleAuthError, match="audience"):
        id_token.verify_token(
            fetched_id_token(account), Request(), "https://other.example.com", f"{vendor.url}/oauth2/v1/certs"
        )


def test_a_service_account_gets_an_opaque_access_token(account: dict[str, Any]) -> None:
    """For scopes, and it begins as Google's do."""
    caller = service_account.Credentials.from_service_account_info(account, scopes=["https://example.com/read"])
    caller.refresh(Request())
    assert str(caller.token).startswith("ya29.")


def test_a_service_account_with_another_key_is_refused(account: dict[str, Any]) -> None:
    """invalid_grant, which google-auth makes a RefreshError of."""
    other = account | {"private_key": RSAKey.generate_key(2048).as_pem(private=True).decode()}
    with pytest.raises(RefreshError, match="invalid_grant"):
        fetched_id_token(other)


def test_a_user_stays_logged_in(vendor: Vendor) -> None:
    """With the refresh token of a code flow."""
    query = f"response_type=code&client_id=app&redirect_uri={CALLBACK}&scope=openid%20email&access_type=offline"
    code = returned(vendor.log_in(f"{vendor.url}/o/oauth2/v2/auth?{query}", "ann@example.com"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "app"}
    token = vendor.post("/token", form | {"client_secret": "secret"})
    user = credentials.Credentials(
        None,
        refresh_token=token["refresh_token"],
        token_uri=f"{vendor.url}/token",
        client_id="app",
        client_secret="secret",
    )
    user.refresh(Request())
    assert user.valid
    claims = id_token.verify_token(user.id_token, Request(), "app", f"{vendor.url}/oauth2/v1/certs")
    assert claims["email"] == "ann@example.com"


@pytest.fixture
def google(make_vendor: MakeVendor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    """The mock under Google's own names: in its documents, in its certificate, and for who asks by this process."""
    vendor = make_vendor(
        "google", hosts=("accounts.google.com", "www.googleapis.com"), public_url="https://accounts.google.com"
    )
    with one_way_proxy(vendor.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        yield vendor


def test_a_token_of_google_is_accepted_without_any_option(google: Vendor) -> None:
    """`verify_oauth2_token`, as Google's documentation has it."""
    token = google.mint(kind="user", audience="app")
    claims = id_token.verify_oauth2_token(token, Request(), "app")
    assert claims["iss"] == "https://accounts.google.com"


def test_a_token_of_somebody_else_is_refused(google: Vendor) -> None:
    """Google's own key, but not Google's name."""
    token = google.mint(kind="user", audience="app", claims={"iss": "https://accounts.example.com"})
    with pytest.raises(GoogleAuthError, match="Wrong issuer"):
        id_token.verify_oauth2_token(token, Request(), "app")
