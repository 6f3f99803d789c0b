"""Each vendor's kid has the vendor's shape."""

import base64
import hashlib
import re

import pytest

from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.kid import KID_SHAPES, keycloak, x5t27

PATTERNS = {
    "auth0": r"[A-Za-z0-9_-]{21}",
    "keycloak": r"[A-Za-z0-9_-]{43}",
    "okta": r"[A-Za-z0-9_-]{43}",
    "custom": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "hex40": r"[0-9a-f]{40}",
    "x5t27": r"[A-Za-z0-9_-]{27}",
    "padded44": r"[A-Za-z0-9+/]{43}=",
}


@pytest.mark.parametrize("shape", PATTERNS)
def test_a_kid_has_its_vendors_shape(shape: str, rsa_key: SigningKey) -> None:
    """The kid matches the pattern of the vendor's recorded keys."""
    assert re.fullmatch(PATTERNS[shape], KID_SHAPES[shape](rsa_key))


def test_every_shape_is_checked() -> None:
    """No shape is without a pattern in this file."""
    assert PATTERNS.keys() == KID_SHAPES.keys()


@pytest.mark.parametrize("shape", ["auth0", "okta", "custom", "hex40", "padded44"])
def test_random_kids_differ(shape: str, rsa_key: SigningKey) -> None:
    """Two kids for one key differ where the vendor's are random."""
    assert KID_SHAPES[shape](rsa_key) != KID_SHAPES[shape](rsa_key)


def test_keycloaks_kid_is_the_hash_of_the_public_key(rsa_key: SigningKey) -> None:
    """Keycloak's kid is base64url(SHA-256(SPKI DER)), read here from the PEM."""
    der = base64.b64decode("".join(rsa_key.public_pem().splitlines()[1:-1]))
    assert keycloak(rsa_key) == base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def test_entras_kid_is_the_x5t_of_the_jwk() -> None:
    """A kid of the shape x5t27 equals the published x5t."""
    key = generate_key("ES256", kid=x5t27)
    jwk = key.public_jwk(["kid", "x5t"])
    assert jwk["kid"] == jwk["x5t"]
