"""auth0-python's authentication API: it takes a domain, and speaks https to it.

The domain of a tenant has no port, that of the mock has; the library doesn't mind.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error, RateLimitError, TokenValidationError
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import RSAKey
from served_vendor import CALLBACK, MakeVendor, Vendor, returned

AUDIENCE = "tasker-api"


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    """A tenant with one user."""
    made = make_vendor("auth0")
    made.declare_user(username="ann", password="ann-password", claims={"email": "ann@example.com"})
    return made


@pytest.fixture
def get_token(vendor: Vendor) -> GetToken:
    return GetToken(vendor.host, "app", client_secret="secret")


@pytest.fixture
def verifier(vendor: Vendor) -> TokenVerifier:
    """What checks ID tokens, with the addresses that Auth0's documentation builds from the domain."""
    signature = AsymmetricSignatureVerifier(f"https://{vendor.host}/.well-known/jwks.json")
    return TokenVerifier(signature, issuer=f"https://{vendor.host}/", audience="app")


def log_in(get_token: GetToken, **more: Any) -> dict[str, Any]:
    return dict(get_token.login("ann", "ann-password", scope="openid email offline_access", **more))


def test_a_machine_gets_a_token(get_token: GetToken) -> None:
    """The library sends JSON, with null for the organization it was not told."""
    token = get_token.client_credentials(AUDIENCE)
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 86_400)


# auth0-python's own call, which CPython 3.12 and later warn of.
@pytest.mark.filterwarnings(r"ignore:datetime\.datetime\.utcnow:DeprecationWarning:auth0")
def test_a_client_proves_itself_with_a_key(vendor: Vendor) -> None:
    """private_key_jwt, addressed to the tenant with a slash at its end."""
    key = RSAKey.generate_key(2048)
    vendor.declare_client(id="app", keys=[key.as_dict(private=False)], auth_method="private_key_jwt")
    pem = key.as_pem(private=True).decode()
    get_token = GetToken(vendor.host, "app", client_assertion_signing_key=pem)
    assert get_token.client_credentials(AUDIENCE)["access_token"]


def test_a_wrong_secret_is_an_auth0_error(vendor: Vendor, get_token: GetToken) -> None:
    """With Auth0's own words for it."""
    vendor.declare_client(id="app", secret="another")
    with pytest.raises(Auth0Error) as refused:
        get_token.client_credentials(AUDIENCE)
    assert (refused.value.status_code, refused.value.error_code, refused.value.message) == (
        401,
        "access_denied",
        "Unauthorized",
    )


def test_too_many_requests_are_a_rate_limit_error(vendor: Vendor, get_token: GetToken) -> None:
    """With the time at which the next one may come, from Auth0's header."""
    vendor.control("POST", "/faults", {"on": "token", "kind": "rate-limit", "times": 1})
    with pytest.raises(RateLimitError) as refused:
        get_token.client_credentials(AUDIENCE)
    assert refused.value.reset_at > 0


def test_a_password_is_exchanged_for_tokens(get_token: GetToken, verifier: TokenVerifier) -> None:
    """With the grant type that is Auth0's own, password-realm; the ID token passes Auth0's own checks."""
    token = log_in(get_token, realm="Username-Password-Authentication", audience=AUDIENCE)
    assert verifier.verify(token["id_token"])["email"] == "ann@example.com"


def test_a_wrong_password_is_an_auth0_error(get_token: GetToken) -> None:
    """403, as Auth0 says it."""
    with pytest.raises(Auth0Error) as refused:
        get_token.login("ann", "wrong", realm="Username-Password-Authentication")
    assert (refused.value.status_code, refused.value.error_code) == (403, "invalid_grant")


def test_a_code_is_exchanged_for_tokens(vendor: Vendor, verifier: TokenVerifier) -> None:
    """Of a public client with PKCE; nonce and max_age are checked."""
    secret = generate_token(48)
    query = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "nonce": "n1",
        "max_age": "600",
        "code_challenge": create_s256_code_challenge(secret),
        "code_challenge_method": "S256",
    }
    callback = vendor.log_in(f"https://{vendor.host}/authorize?{urlencode(query)}")
    token = GetToken(vendor.host, "app").authorization_code_pkce(secret, returned(callback)["code"], CALLBACK)
    assert verifier.verify(token["id_token"], nonce="n1", max_age=600)["sub"].startswith("auth0|")


def test_a_refresh_token_is_good_until_it_is_revoked(vendor: Vendor, get_token: GetToken) -> None:
    """RevokeToken sends JSON as well."""
    token = log_in(get_token)["refresh_token"]
    assert get_token.refresh_token(token)["access_token"]
    RevokeToken(vendor.host, "app", client_secret="secret").revoke_refresh_token(token)
    with pytest.raises(Auth0Error) as refused:
        get_token.refresh_token(token)
    assert refused.value.error_code == "invalid_grant"


def test_userinfo_tells_the_claims(vendor: Vendor, get_token: GetToken) -> None:
    """Of a token with the scope openid."""
    assert Users(vendor.host).userinfo(log_in(get_token)["access_token"])["email"] == "ann@example.com"


def test_an_id_token_of_the_next_key_is_accepted(vendor: Vendor, get_token: GetToken, verifier: TokenVerifier) -> None:
    """It was in the JWKS before it signed, so nothing is fetched again."""
    verifier.verify(log_in(get_token)["id_token"])
    vendor.control("POST", "/rotate", {})
    verifier.verify(log_in(get_token)["id_token"])
    assert len(vendor.requests("jwks")) == 1


def test_an_id_token_of_an_unknown_key_is_refused(vendor: Vendor, verifier: TokenVerifier) -> None:
    """The signature verifier finds no key for its kid."""
    with pytest.raises(TokenValidationError, match="was not found"):
        verifier.verify(vendor.mint(header={"kid": "nobody-knows-this"}))


def test_an_id_token_for_another_client_is_refused(vendor: Vendor, verifier: TokenVerifier) -> None:
    """By its audience."""
    with pytest.raises(TokenValidationError, match="aud"):
        verifier.verify(vendor.mint(audience="somebody-else"))
