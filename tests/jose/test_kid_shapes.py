"""Each kid has its shape."""

import base64
import hashlib
import inspect
import re

import pytest

from mock_idp.jose import kid
from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.kid import KidShape, spki43, x5t27

PATTERNS = {
    "random21": r"[A-Za-z0-9_-]{21}",
    "spki43": r"[A-Za-z0-9_-]{43}",
    "random43": r"[A-Za-z0-9_-]{43}",
    "uuid4": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "hex40": r"[0-9a-f]{40}",
    "x5t27": r"[A-Za-z0-9_-]{27}",
    "padded44": r"[A-Za-z0-9+/]{43}=",
}


SHAPES: dict[str, KidShape] = {
    name: shape for name, shape in vars(kid).items() if inspect.isfunction(shape) and shape.__module__ == kid.__name__
}


@pytest.mark.parametrize("shape", PATTERNS)
def test_a_kid_has_its_shape(shape: str, rsa_key: SigningKey) -> None:
    """The kid matches the pattern of recorded keys."""
    assert re.fullmatch(PATTERNS[shape], SHAPES[shape](rsa_key))


def test_every_shape_is_checked() -> None:
    """No shape is without a pattern in this file."""
    assert PATTERNS.keys() == SHAPES.keys()


@pytest.mark.parametrize("shape", ["random21", "random43", "uuid4", "hex40", "padded44"])
def test_random_kids_differ(shape: str, rsa_key: SigningKey) -> None:
    """Two kids for one key differ where they are random."""
    assert SHAPES[shape](rsa_key) != SHAPES[shape](rsa_key)


def test_keycloaks_kid_is_the_hash_of_the_public_key(rsa_key: SigningKey) -> None:
    """Keycloak's kid is base64url(SHA-256(SPKI DER)), read here from the PEM."""
    der = base64.b64decode("".join(rsa_key.public_pem().splitlines()[1:-1]))
    assert spki43(rsa_key) == base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def test_entras_kid_is_the_x5t_of_the_jwk() -> None:
    """A kid of the shape x5t27 equals the published x5t."""
    key = generate_key("ES256", kid=x5t27)
    jwk = key.public_jwk(["kid", "x5t"])
    assert jwk["kid"] == jwk["x5t"]
