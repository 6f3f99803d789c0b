"""A Keycloak issuer looks like one. Facts: Keycloak's source and answers of a live 26.7.1 server."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from idp_api import IssuerApi, MakeIssuer


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
    assert [(key["alg"], key["use"]) for key in keycloak.jwks()["keys"]] == [("RSA-OAEP", "enc"), ("RS256", "sig")]


def test_kid_is_the_thumbprint_of_the_public_key(keycloak: IssuerApi) -> None:
    """KeyUtils.createKeyId: base64url(SHA-256(SPKI DER))."""
    jwk = next(key for key in keycloak.jwks()["keys"] if key["use"] == "sig")
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
    ("shape", "expected"),
    [("string", "tasker-api"), ("array", ["tasker-api", "account"]), ("account", "account"), ("absent", None)],
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


def test_lightweight_tokens(make_issuer: MakeIssuer) -> None:
    """Only what no mapper adds, and the permissions, whose mapper is told to."""
    issuer = make_issuer("keycloak", algorithm="ES256", options={"lightweight": True})
    assert set(claims(issuer, kind="user", permissions=["tasks:list"])) == {
        *("azp", "exp", "iat", "iss", "jti", "scope", "sid", "typ"),
        "permissions",
    }


def test_without_the_basic_scope_there_is_no_subject(make_issuer: MakeIssuer) -> None:
    """sub and auth_time come from that client scope."""
    issuer = make_issuer("keycloak", algorithm="ES256", options={"basic_scope": False})
    assert not {"sub", "auth_time"} & set(claims(issuer, kind="user"))


def test_the_path_of_older_servers(make_issuer: MakeIssuer) -> None:
    """/auth stands in the issuer and in every path."""
    issuer = make_issuer("keycloak", algorithm="ES256", options={"base_path": "/auth"})
    assert issuer.about["issuer"].endswith("/auth/realms/tasker")
    assert issuer.get("discovery_url").json()["jwks_uri"] == issuer.about["jwks_uri"]


def test_at_jwt(make_issuer: MakeIssuer) -> None:
    """A client can be told to have RFC 9068 headers."""
    issuer = make_issuer("keycloak", algorithm="ES256", options={"typ": "at+jwt"})
    assert jwt.get_unverified_header(issuer.mint())["typ"] == "at+jwt"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("client_id=a&client_id=b", "invalid_request"),
        ("grant_type=x&client_id=a&client_id=b", "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=a&scope=b", "invalid_client"),
        ("grant_type=client_credentials&client_id=a&client_secret=b&scope=a&scope=b", "invalid_request"),
    ],
)
def test_the_order_of_checks(make_issuer: MakeIssuer, form: str, code: str) -> None:
    """The grant type is looked at first, then the client, then parameters that are given twice."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    answer = issuer.api.session.post(
        issuer.local(issuer.about["token_endpoint"]),
        data=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=20,
    )
    missing = answer.json()["error_description"] == "Missing form parameter: grant_type"
    assert (answer.json()["error"], missing) == (code, form.startswith("client_id"))


def test_a_realm_that_is_off_still_publishes_its_keys(make_issuer: MakeIssuer) -> None:
    """Only its token endpoint refuses."""
    issuer = make_issuer("keycloak", algorithm="ES256", options={"realm_enabled": False})
    refused = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data={}, timeout=20)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert issuer.get().ok


def test_a_rate_limit_without_words_of_its_own(keycloak: IssuerApi) -> None:
    """Keycloak has none, so the planned one is a plain 429."""
    keycloak.fault("rate-limit", times=1, retry_after=3)
    refused = keycloak.get()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")


def test_certificate_shape(keycloak: IssuerApi) -> None:
    """One self-signed certificate of ten years with the name of the realm, in standard base64."""
    for key in keycloak.jwks()["keys"]:
        (text,) = key["x5c"]
        certificate = load_der_x509_certificate(base64.b64decode(text, validate=True))
        assert certificate.subject == certificate.issuer
        assert certificate.subject.rfc4514_string() == "CN=tasker"
        years = (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days / 365.25
        assert round(years) == 10


def test_the_audience_is_no_parameter(keycloak: IssuerApi) -> None:
    """A client that asks for one gets what its mappers say."""
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "x", "audience": "elsewhere"}
    answer = keycloak.api.session.post(keycloak.local(keycloak.about["token_endpoint"]), data=form, timeout=20)
    said = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert said["aud"] == ["tasker-api", "account"]


def test_an_id_token_says_so(make_issuer: MakeIssuer) -> None:
    """Its claim typ is ID, where an access token has Bearer; the header typ of both is JWT."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    form = {"grant_type": "password", "client_id": "me", "username": "jane", "password": "x", "scope": "openid"}
    answer = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=form, timeout=20).json()
    tokens = answer["id_token"], answer["access_token"]
    assert [jwt.decode(token, options={"verify_signature": False})["typ"] for token in tokens] == ["ID", "Bearer"]
    assert [jwt.get_unverified_header(token)["typ"] for token in tokens] == ["JWT", "JWT"]
