"""The shapes of a key id that are met in the wild.

Each shape is a function from the key to its kid, so that a derived kid and a random one are asked for in the same
way. Sources: recorded JWKS, and Keycloak's KeyUtils.
"""

import base64
import hashlib
import secrets
import uuid
from collections.abc import Callable
from typing import Protocol

from mock_idp.jose.encoding import b64url_encode


class KidSource(Protocol):
    """What a kid may be made from."""

    def spki_der(self) -> bytes:
        """The SubjectPublicKeyInfo in DER."""

    def certificate_der(self) -> bytes:
        """The self-signed certificate in DER."""


KidShape = Callable[[KidSource], str]


def random21(key: KidSource) -> str:
    """21 random base64url characters, as Auth0 gives its newer keys (`Lk-5NnjByFf99cg0nxMdi`)."""
    return secrets.token_urlsafe(16)[:21]


def spki43(key: KidSource) -> str:
    """base64url(SHA-256(SPKI DER)), 43 characters (Keycloak, KeyUtils.createKeyId)."""
    return b64url_encode(hashlib.sha256(key.spki_der()).digest())


def random43(key: KidSource) -> str:
    """43 random base64url characters, as in Okta's JWKS."""
    return secrets.token_urlsafe(32)


def uuid4(key: KidSource) -> str:
    """A random UUID, the habit of home-grown servers."""
    return str(uuid.uuid4())


def hex40(key: KidSource) -> str:
    """40 random lower-case hexadecimal digits, as in Google's JWKS."""
    return secrets.token_hex(20)


def x5t27(key: KidSource) -> str:
    """The certificate's SHA-1 thumbprint, 27 base64url characters: kid equals x5t, as in Entra ID's JWKS."""
    return b64url_encode(hashlib.sha1(key.certificate_der(), usedforsecurity=False).digest())


def padded44(key: KidSource) -> str:
    """32 random bytes in standard base64 with its padding, 44 characters, as in Cognito's JWKS; may hold + and /."""
    return base64.b64encode(secrets.token_bytes(32)).decode("ascii")
