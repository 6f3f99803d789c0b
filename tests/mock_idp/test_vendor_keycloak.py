"""A Keycloak issuer looks like one. Facts: Keycloak's source and answers of a live 26.7.1 server."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
import pytest
from conftest import MakeIssuer
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from idp_api import IssuerApi


@pytest.fixture
def keycloak(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("keycloak")


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def test_paths_lie_below_the_realm(keycloak: IssuerApi) -> None:
    """Issuer, certs, token and discovery have the realm in them, and no slash at the end."""
    issuer = keycloak.about["issuer"]
    assert issuer.endswith("/realms/tasker")
    assert keycloak.about["jwks_uri"] == issuer + "/protocol/openid-connect/certs"
    assert keycloak.about["token_endpoint"] == issuer + "/protocol/openid-connect/token"
    assert keycloak.about["discovery_url"] == issuer + "/.well-known/openid-configuration"


def test_jwk_members(keycloak: IssuerApi) -> None:
    """Signing and encryption key have the same members in the same order."""
    order = ["kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e"]
    assert [list(key) for key in keycloak.jwks()["keys"]] == [order, order]


def test_an_encryption_key_stands_beside_the_signing_key(keycloak: IssuerApi) -> None:
    """RS256 for signatures, RSA-OAEP for encryption."""
    assert [(key["alg"], key["use"]) for key in keycloak.jwks()["keys"]] == [("RS256", "sig"), ("RSA-OAEP", "enc")]


def test_kid_is_the_thumbprint_of_the_public_key(keycloak: IssuerApi) -> None:
    """KeyUtils.createKeyId: base64url(SHA-256(SPKI DER))."""
    jwk = keycloak.jwks()["keys"][0]
    spki = jwt.PyJWK(jwk).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = base64.urlsafe_b64encode(hashlib.sha256(spki).digest()).decode().rstrip("=")
    assert jwk["kid"] == digest


def test_jwks_headers(keycloak: IssuerApi) -> None:
    """no-cache and the security headers of the server."""
    headers = keycloak.get().headers
    expected = {
        "Cache-Control": "no-cache",
        "Content-Type": "application/json",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "X-Robots-Tag": "none",
    }
    assert {name: headers.get(name) for name in expected} == expected


def test_discovery_headers(keycloak: IssuerApi) -> None:
    """Discovery must not be stored at all."""
    caching = keycloak.get("discovery_url").headers["Cache-Control"]
    assert caching == "no-cache, must-revalidate, no-transform, no-store"


def test_discovery_document(keycloak: IssuerApi) -> None:
    """All 56 members, the first and the last where the server puts them."""
    document = keycloak.get("discovery_url").json()
    assert len(document) == 56
    assert list(document)[:4] == ["issuer", "authorization_endpoint", "token_endpoint", "introspection_endpoint"]
    assert list(document)[-1] == "authorization_response_iss_parameter_supported"
    assert document["jwks_uri"] == keycloak.about["jwks_uri"]


def test_machine_claims(keycloak: IssuerApi) -> None:
    """A service account's token, with client roles mapped to the permissions claim."""
    said = claims(keycloak, permissions=["tasks:list"], client_id="svc")
    assert said["jti"].startswith("trrtcc:")
    assert (said["typ"], said["azp"], said["client_id"]) == ("Bearer", "svc", "svc")
    assert said["preferred_username"] == "service-account-svc"
    assert said["resource_access"]["tasker-api"] == {"roles": ["tasks:list"]}
    assert said["permissions"] == ["tasks:list"]
    assert said["exp"] - said["iat"] == 300
    assert not {"sid", "nbf"} & set(said)


def test_user_claims(keycloak: IssuerApi) -> None:
    """A person's token has a session and names."""
    said = claims(keycloak, kind="user")
    assert said["jti"].startswith("onrtac:")
    assert {"sid", "name", "email"} <= set(said)
    assert "client_id" not in said


def test_token_header(keycloak: IssuerApi) -> None:
    """alg, typ JWT, kid."""
    assert list(jwt.get_unverified_header(keycloak.mint())) == ["alg", "typ", "kid"]


@pytest.mark.parametrize(
    ("shape", "expected"), [("string", "tasker-api"), ("array", ["tasker-api", "account"]), ("absent", None)]
)
def test_audience_shapes(make_issuer: MakeIssuer, shape: str, expected: Any) -> None:
    """Audience mappers decide whether aud is a string, a list or not there."""
    issuer = make_issuer("keycloak", algorithm="ES256", options={"aud": shape})
    assert claims(issuer).get("aud") == expected


def test_rotation(keycloak: IssuerApi) -> None:
    """The fresh key signs at once, unannounced; the old one keeps verifying."""
    before = keycloak.kids()
    rotation = keycloak.ok("POST", "/rotate")
    assert rotation["signing"] not in before
    assert set(before) < set(keycloak.kids())


def test_realm(make_issuer: MakeIssuer) -> None:
    """The realm is an option."""
    assert (
        make_issuer("keycloak", algorithm="ES256", options={"realm": "demo"}).about["issuer"].endswith("/realms/demo")
    )
