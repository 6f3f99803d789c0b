"""PyJWT's PyJWKClient reads the JWKS of every vendor, and follows its rotations."""

from __future__ import annotations

import ssl

import jwt
import pytest
from served_vendor import MakeVendor, Vendor

from mock_idp.vendors import VENDORS


def claims(vendor: Vendor, token: str, client: jwt.PyJWKClient) -> dict[str, object]:
    """What a service learns from a token, checked as PyJWT's documentation does it."""
    key = client.get_signing_key_from_jwt(token)
    audience = vendor.about["audience"]
    return dict(jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=vendor.issuer))


@pytest.mark.parametrize("style", [style for style in VENDORS if style not in ("cognito", "windmill")])
def test_a_token_is_accepted(make_vendor: MakeVendor, style: str) -> None:
    """Signature, issuer and audience."""
    vendor = make_vendor(style, tls=False)
    assert claims(vendor, vendor.mint(subject="svc"), jwt.PyJWKClient(vendor.jwks_uri))["sub"] == "svc"


def test_a_token_of_cognito_is_found_by_its_padded_kid(make_vendor: MakeVendor) -> None:
    """The kid ends with an equals sign, and the token has no audience."""
    vendor = make_vendor("cognito", tls=False)
    token = vendor.mint()
    key = jwt.PyJWKClient(vendor.jwks_uri).get_signing_key_from_jwt(token)
    assert str(key.key_id).endswith("=")
    assert jwt.decode(token, key, algorithms=["RS256"], issuer=vendor.issuer)["token_use"] == "access"


def test_a_token_for_windmill_says_neither_who_issued_it_nor_for_whom(make_vendor: MakeVendor) -> None:
    """Its key is found all the same."""
    vendor = make_vendor("windmill", tls=False)
    token = vendor.mint(subject="ann")
    key = jwt.PyJWKClient(vendor.jwks_uri).get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, algorithms=["RS256"])["username"] == "ann"


@pytest.mark.parametrize(("style", "fetches"), [("keycloak", 2), ("okta", 1)])
def test_a_rotation_is_followed(make_vendor: MakeVendor, style: str, fetches: int) -> None:
    """A key that signs at once costs a fetch of the JWKS, one that was published ahead costs none."""
    vendor = make_vendor(style, tls=False)
    client = jwt.PyJWKClient(vendor.jwks_uri, cooldown_duration=0)
    before = vendor.mint()
    claims(vendor, before, client)
    vendor.control("POST", "/rotate", {})
    claims(vendor, vendor.mint(), client)
    claims(vendor, before, client)
    assert len(vendor.requests("jwks")) == fetches


def test_a_new_key_is_not_looked_for_at_once(make_vendor: MakeVendor) -> None:
    """By default half a minute passes between two fetches, however new the kid is."""
    vendor = make_vendor("keycloak", tls=False)
    client = jwt.PyJWKClient(vendor.jwks_uri)
    claims(vendor, vendor.mint(), client)
    vendor.control("POST", "/rotate", {})
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
        client.get_signing_key_from_jwt(vendor.mint())
    assert len(vendor.requests("jwks")) == 1


def test_a_revoked_key_is_forgotten_with_the_cache(make_vendor: MakeVendor) -> None:
    """A client that fetches again doesn't find it."""
    vendor = make_vendor("auth0", tls=False)
    token = vendor.mint()
    kid = jwt.get_unverified_header(token)["kid"]
    vendor.control("POST", "/rotate", {})
    vendor.control("PATCH", f"/keys/{kid}", {"state": "revoked"})
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
        jwt.PyJWKClient(vendor.jwks_uri).get_signing_key_from_jwt(token)


def test_an_unknown_kid_is_looked_for_once_more(make_vendor: MakeVendor) -> None:
    """And then refused."""
    vendor = make_vendor("custom", tls=False)
    client = jwt.PyJWKClient(vendor.jwks_uri, cooldown_duration=0)
    claims(vendor, vendor.mint(), client)
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
        client.get_signing_key_from_jwt(vendor.mint(header={"kid": "nobody-knows-this"}))
    assert len(vendor.requests("jwks")) == 2


def test_all_keys_of_entra_can_sign(make_vendor: MakeVendor) -> None:
    """Several are published at any time."""
    vendor = make_vendor("entra", tls=False)
    published = jwt.PyJWKClient(vendor.jwks_uri).get_signing_keys()
    assert len(published) >= 4
    assert {key.public_key_use for key in published} == {"sig"}


def test_the_encryption_key_of_keycloak_is_no_signing_key(make_vendor: MakeVendor) -> None:
    """It stands in the JWKS, and PyJWKClient leaves it aside."""
    vendor = make_vendor("keycloak", tls=False)
    client = jwt.PyJWKClient(vendor.jwks_uri)
    assert len(client.fetch_data()["keys"]) == 2
    assert [key.public_key_use for key in client.get_signing_keys()] == ["sig"]


def test_a_forged_token_is_refused(make_vendor: MakeVendor) -> None:
    """The key is found, the signature is wrong."""
    vendor = make_vendor("custom", tls=False)
    client = jwt.PyJWKClient(vendor.jwks_uri)
    with pytest.raises(jwt.InvalidSignatureError):
        claims(vendor, vendor.mint(mutation="flip-first-signature-bit"), client)


def test_a_vendor_that_is_down_is_an_error_of_the_connection(make_vendor: MakeVendor) -> None:
    """Not one of the token."""
    vendor = make_vendor("custom", tls=False)
    vendor.control("POST", "/faults", {"on": "jwks", "kind": "status", "status": 503})
    with pytest.raises(jwt.PyJWKClientConnectionError):
        jwt.PyJWKClient(vendor.jwks_uri).get_signing_keys()


def test_the_jwks_comes_over_tls(make_vendor: MakeVendor) -> None:
    """With the CA in the context that the client is given, and not without it."""
    vendor = make_vendor("auth0")
    trusting = ssl.create_default_context(cafile=vendor.ca_file)
    assert claims(vendor, vendor.mint(), jwt.PyJWKClient(vendor.jwks_uri, ssl_context=trusting))
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(jwt.PyJWKClientConnectionError):
        jwt.PyJWKClient(vendor.jwks_uri, ssl_context=nobody).get_signing_keys()
