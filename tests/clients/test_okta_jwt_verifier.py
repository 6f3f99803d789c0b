"""okta-jwt-verifier, Okta's own: it insists on an https issuer and finds the keys behind it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from okta_jwt_verifier import AccessTokenVerifier, IDTokenVerifier
from okta_jwt_verifier.exceptions import JWTInvalidConfigException, JWTValidationException
from served_vendor import MakeVendor, Vendor


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    return make_vendor("okta")


def verifier(vendor: Vendor, **more: Any) -> AccessTokenVerifier:
    return AccessTokenVerifier(issuer=vendor.issuer, audience=vendor.about["audience"], **more)


def test_an_access_token_is_accepted(vendor: Vendor) -> None:
    """Signature, issuer, audience and expiry."""
    verifier(vendor).verify_sync(vendor.mint())


_WITHOUT_BLOCKING = """
import asyncio, sys
from okta_jwt_verifier import AccessTokenVerifier
asyncio.run(AccessTokenVerifier(issuer=sys.argv[1], audience=sys.argv[2]).verify(sys.argv[3]))
"""


def test_an_access_token_is_accepted_without_blocking(vendor: Vendor) -> None:
    """The same with aiohttp, in a process of its own: it reads SSL_CERT_FILE once, when it is imported."""
    arguments = (vendor.issuer, vendor.about["audience"], vendor.mint())
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_BLOCKING, *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_an_id_token_is_accepted(vendor: Vendor) -> None:
    """With its nonce, for the client."""
    token = vendor.mint(kind="user", audience="app", claims={"nonce": "n1"})
    IDTokenVerifier(issuer=vendor.issuer, client_id="app").verify_sync(token, nonce="n1")


@pytest.mark.parametrize(
    "spec",
    [
        {"times": {"exp": -600}},
        {"audience": "somebody-else"},
        {"mutation": "alg-none"},
        {"claims": {"iss": "https://x"}},
    ],
    ids=["expired", "audience", "algorithm", "issuer"],
)
def test_a_bad_token_is_refused(vendor: Vendor, spec: dict[str, Any]) -> None:
    """For each of its reasons."""
    with pytest.raises(JWTValidationException):
        verifier(vendor).verify_sync(vendor.mint(**spec))


@pytest.mark.parametrize(("habit", "fetches"), [("prepublished", 1), ("immediate", 2)])
def test_a_rotation_is_followed(vendor: Vendor, habit: str, fetches: int) -> None:
    """Okta publishes ahead; for a key that signs at once the JWKS is fetched again."""
    one = verifier(vendor)
    one.verify_sync(vendor.mint())
    vendor.control("POST", "/rotate", {"habit": habit})
    one.verify_sync(vendor.mint())
    assert len(vendor.requests("jwks")) == fetches


def test_an_access_token_of_the_org_server_cannot_be_verified(make_vendor: MakeVendor) -> None:
    """The keys behind its issuer are found, and the one that signed is not among them, as at Okta."""
    vendor = make_vendor("okta", options={"authorization_server": "org"})
    with pytest.raises(JWTValidationException, match="No matching JWK"):
        verifier(vendor).verify_sync(vendor.mint())
    assert vendor.requests("jwks")


def test_plain_http_is_refused_by_the_library(make_vendor: MakeVendor) -> None:
    """Which is why it needs the mock to speak TLS."""
    vendor = make_vendor("okta", tls=False)
    with pytest.raises(JWTInvalidConfigException, match="https"):
        verifier(vendor)
