"""What stands beside the JWKS: Google's certificates, and Keycloak's page of a realm."""

from __future__ import annotations

import base64

import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_public_key
from idp_api import IssuerApi, MakeIssuer


def beside_the_jwks(issuer: IssuerApi, jwks_path: str, path: str) -> requests.Response:
    """A path of the issuer that no discovery document names."""
    url = issuer.local(issuer.about["jwks_uri"])
    assert url.endswith(jwks_path)
    return requests.get(url.removesuffix(jwks_path) + path, timeout=20)


def certificates(issuer: IssuerApi) -> dict[str, str]:
    return dict(beside_the_jwks(issuer, "/oauth2/v3/certs", "/oauth2/v1/certs").json())


def realm(issuer: IssuerApi) -> requests.Response:
    return beside_the_jwks(issuer, "/protocol/openid-connect/certs", "")


def test_google_serves_its_keys_as_certificates(make_issuer: MakeIssuer) -> None:
    """By the kids of the JWKS, with the same numbers inside."""
    issuer = make_issuer("google")
    served = certificates(issuer)
    assert list(served) == issuer.kids()
    for jwk in issuer.jwks()["keys"]:
        key = x509.load_pem_x509_certificate(served[jwk["kid"]].encode()).public_key()
        modulus = int.from_bytes(base64.urlsafe_b64decode(jwk["n"] + "=="))
        assert key.public_numbers().n == modulus  # type: ignore[union-attr]


def test_the_certificates_change_with_the_keys(make_issuer: MakeIssuer) -> None:
    """A rotation publishes one more."""
    issuer = make_issuer("google")
    issuer.ok("POST", "/rotate", {})
    assert list(certificates(issuer)) == issuer.kids()


def test_a_key_that_can_have_no_certificate_is_left_out(make_issuer: MakeIssuer) -> None:
    """A raw RSA key stands in the JWKS only."""
    issuer = make_issuer("google")
    issuer.ok("POST", "/keys", {"name": "raw", "state": "next", "bits": 512})
    assert len(certificates(issuer)) == len(issuer.kids()) - 1


def test_a_realm_tells_the_key_that_signs(make_issuer: MakeIssuer) -> None:
    """Not the one that encrypts."""
    issuer = make_issuer("keycloak")
    (signing,) = (key for key in issuer.jwks()["keys"] if key["use"] == "sig")
    key = load_der_public_key(base64.b64decode(realm(issuer).json()["public_key"]))
    assert key.public_numbers().n == int.from_bytes(  # type: ignore[union-attr]
        base64.urlsafe_b64decode(signing["n"] + "==")
    )


def test_a_realm_tells_its_addresses(make_issuer: MakeIssuer) -> None:
    """Those of Keycloak's own page."""
    issuer = make_issuer("keycloak")
    url = issuer.about["issuer"]
    shown = realm(issuer).json()
    assert shown["realm"] == "tasker"
    assert shown["token-service"] == f"{url}/protocol/openid-connect"
    assert shown["account-service"] == f"{url}/account"


def test_a_realm_without_a_signing_key_tells_none(make_issuer: MakeIssuer) -> None:
    """The page stays."""
    issuer = make_issuer("keycloak")
    issuer.ok("PATCH", "/keys/current", {"state": "retired"})
    assert realm(issuer).json()["public_key"] is None
