"""python-keycloak's KeycloakOpenID, told no more than the server's URL and the realm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from jwcrypto.jwt import JWTExpired
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakAuthenticationError, KeycloakPostError
from keycloak.pkce_utils import generate_code_challenge, generate_code_verifier
from served_vendor import CALLBACK, MakeVendor, Vendor, returned

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
MakeClient = Callable[..., KeycloakOpenID]


@pytest.fixture
def make_client() -> Iterator[MakeClient]:
    """Clients whose connections end with the test."""
    made: list[KeycloakOpenID] = []

    def make(vendor: Vendor, base_path: str = "/", client_id: str = "app") -> KeycloakOpenID:
        made.append(KeycloakOpenID(f"{vendor.url}{base_path}", "tasker", client_id, "secret", timeout=20))
        return made[-1]

    yield make
    made.clear()


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    """A realm with one user."""
    made = make_vendor("keycloak")
    made.declare_user(username="ann", password="ann-password", claims={"email": "ann@example.com"})
    return made


@pytest.fixture
def client(vendor: Vendor, make_client: MakeClient) -> KeycloakOpenID:
    return make_client(vendor)


def test_the_well_known_document_is_that_of_the_realm(vendor: Vendor, client: KeycloakOpenID) -> None:
    """At the path that the library makes of URL and realm."""
    assert client.well_known()["issuer"] == vendor.issuer


def test_a_password_is_exchanged_for_tokens(client: KeycloakOpenID) -> None:
    """Access, refresh and ID token; decode_token checks the signature with the realm's keys."""
    token = client.token("ann", "ann-password", scope="openid email")
    assert client.decode_token(token["access_token"])["preferred_username"] == "ann"
    assert client.decode_token(token["id_token"])["aud"] == "app"


def test_a_wrong_password_is_an_error(client: KeycloakOpenID) -> None:
    """400 with invalid_grant, as Keycloak 26 says it."""
    with pytest.raises(KeycloakPostError, match="invalid_grant"):
        client.token("ann", "wrong")


def test_a_machine_gets_a_token(client: KeycloakOpenID) -> None:
    """Its service account is the user."""
    token = client.token(grant_type="client_credentials")
    assert client.decode_token(token["access_token"])["azp"] == "app"


def test_a_code_is_exchanged_for_tokens(vendor: Vendor, client: KeycloakOpenID) -> None:
    """The URL of the login, the code that comes back, and PKCE."""
    verifier = generate_code_verifier()
    challenge, method = generate_code_challenge(verifier)
    url = client.auth_url(CALLBACK, "openid", "of-the-test", "n1", challenge, method)
    came = returned(vendor.log_in(url))
    assert came["state"] == "of-the-test"
    token = client.token(
        grant_type="authorization_code", code=came["code"], redirect_uri=CALLBACK, code_verifier=verifier
    )
    assert client.decode_token(token["id_token"])["nonce"] == "n1"


def test_a_wrong_secret_is_an_authentication_error(vendor: Vendor, client: KeycloakOpenID) -> None:
    """401, which the library tells apart."""
    vendor.declare_client(id="app", secret="another")
    with pytest.raises(KeycloakAuthenticationError, match="unauthorized_client"):
        client.token(grant_type="client_credentials")


def test_tokens_are_refreshed(client: KeycloakOpenID) -> None:
    """For the same user."""
    first = client.token("ann", "ann-password")
    second = client.refresh_token(first["refresh_token"])
    assert client.decode_token(second["access_token"])["sub"] == client.decode_token(first["access_token"])["sub"]


def test_userinfo_tells_the_claims(client: KeycloakOpenID) -> None:
    """Of a token with the scope openid."""
    token = client.token("ann", "ann-password", scope="openid email")
    about = client.userinfo(token["access_token"])
    assert isinstance(about, dict)
    assert about["email"] == "ann@example.com"


def test_a_logout_ends_the_refresh_token(client: KeycloakOpenID) -> None:
    """With a POST to the logout endpoint, without a browser."""
    token = client.token("ann", "ann-password")
    client.logout(token["refresh_token"])
    with pytest.raises(KeycloakPostError, match="invalid_grant"):
        client.refresh_token(token["refresh_token"])


def test_a_token_is_introspected(vendor: Vendor, client: KeycloakOpenID, make_client: MakeClient) -> None:
    """By whom it is for, and is not active once it has been through a logout; since 26.6.2 by nobody else."""
    api = make_client(vendor, client_id="tasker-api")
    token = client.token("ann", "ann-password", scope="openid")
    assert client.introspect(token["access_token"]) == {"active": False}
    assert api.introspect(token["access_token"])["active"] is True
    client.logout(token["refresh_token"])
    assert api.introspect(token["access_token"]) == {"active": False}


def test_the_realm_tells_its_public_key(vendor: Vendor, client: KeycloakOpenID) -> None:
    """The one that signs, in base64 without the lines of PEM; it follows a rotation."""
    pem = vendor.control("GET", "/keys/current/public.pem?format=json")["pem"]
    assert client.public_key() == "".join(pem.splitlines()[1:-1])


def test_the_keys_are_those_of_the_realm(client: KeycloakOpenID) -> None:
    """One to sign, one to encrypt."""
    assert {key["use"] for key in client.certs()["keys"]} == {"sig", "enc"}


def test_an_expired_token_is_not_decoded(vendor: Vendor, client: KeycloakOpenID) -> None:
    """jwcrypto looks at exp."""
    with pytest.raises(JWTExpired):
        client.decode_token(vendor.mint(times={"exp": -3600}))


def test_a_token_is_exchanged(client: KeycloakOpenID) -> None:
    """RFC 8693, for an audience that the client's tokens are for; another one is not to be had, as at Keycloak."""
    token = client.token("ann", "ann-password")["access_token"]
    types = {"subject_token_type": ACCESS_TOKEN, "requested_token_type": ACCESS_TOKEN}
    audience = client.decode_token(token)["aud"][0]
    exchanged = client.exchange_token(token, audience=audience, **types)
    assert exchanged["issued_token_type"] == ACCESS_TOKEN
    assert client.decode_token(exchanged["access_token"])["aud"] == audience
    with pytest.raises(KeycloakPostError, match="Requested audience not available: reports"):
        client.exchange_token(token, audience="reports", **types)


def test_a_device_gets_tokens(vendor: Vendor, client: KeycloakOpenID) -> None:
    """Once the user has agreed in a browser."""
    device = client.device("openid email")
    with pytest.raises(KeycloakPostError, match="authorization_pending"):
        client.token(grant_type=DEVICE_CODE, device_code=device["device_code"])
    vendor.open_in_browser(device["verification_uri_complete"])
    vendor.control("PUT", "/clock", {"offset_seconds": device["interval"] + 1})
    token = client.token(grant_type=DEVICE_CODE, device_code=device["device_code"])
    assert client.decode_token(token["id_token"])["email"] == "ann@example.com"


def test_a_server_with_the_old_base_path_is_found(make_vendor: MakeVendor, make_client: MakeClient) -> None:
    """Up to Keycloak 16 everything was below /auth."""
    vendor = make_vendor("keycloak", tls=False, options={"base_path": "/auth"})
    client = make_client(vendor, "/auth/")
    assert client.well_known()["issuer"].endswith("/auth/realms/tasker")
