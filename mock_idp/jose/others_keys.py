"""Keys of somebody else's: a private key that was brought along, and one of which only the public half is here.

Neither leaves the server, and neither is used again when its issuer is gone.
"""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mock_idp.jose.algorithms import Algorithm, find_algorithm
from mock_idp.jose.certificates import CertificateProfile
from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.private_keys import LibraryPrivateKey, PrivateKey
from mock_idp.jose.verification import public_key, read_jws, verifies

NOT_HELD = "key_not_held"
"""The code of the error where a signature would take a private key that isn't here."""


class BroughtKey(SigningKey):
    """A private key that somebody else uses too: it signs here, and is not exported."""

    is_ours = False

    def private_pem(self) -> str:
        """Raises JoseError `no_private_pem`: who brought it has it already."""
        raise JoseError("no_private_pem", f"Key {self.kid!r} was brought along, so it is not given out.", "key")


class BorrowedKey(SigningKey):
    """The public half of somebody's key, with the signatures by it that were seen.

    It signs what its owner has signed, with that very signature: so a genuine token can be spoilt in all the ways that
    take no key. Raises JoseError `key_not_held` for everything else.
    """

    is_ours = False

    def __init__(self, jwk: Mapping[str, Any], algorithm: str, kid: str) -> None:
        """In: the public JWK. Raises JoseError `bad_jwk`, `unknown_algorithm`."""
        self.algorithm = find_algorithm(algorithm)
        self.kid, self.use, self.published_alg, self.issuer = kid, "sig", algorithm, None
        self._profile = CertificateProfile()
        self._public_key = public_key(jwk)
        self._certificate, self._json = None, None
        self._seen: dict[bytes, bytes] = {}

    @property
    def private_key(self) -> PrivateKey:
        """Raises JoseError `key_not_held`."""
        raise _not_held(self.kid)

    @property
    def has_certificate(self) -> bool:
        """None can be made without the private key."""
        return False

    def has_seen(self, token: str) -> None:
        """Remember the signature of a token by this key. Raises JoseError `bad_token` for one that isn't."""
        jws = read_jws(token)
        if not verifies(jws, self._public_key):
            raise JoseError("bad_token", f"The key {self.kid!r} has not signed this token.")
        self._seen[jws.signed] = jws.signature

    def sign(self, data: bytes, algorithm: Algorithm | None = None) -> bytes:
        """The signature that was seen under these bytes. Raises JoseError `key_not_held` for others."""
        if data not in self._seen or algorithm not in (None, self.algorithm):
            raise _not_held(self.kid)
        return self._seen[data]


def brought_key(pem: str, algorithm: str, kid: str) -> BroughtKey:
    """The key of an unencrypted PEM. Raises JoseError `bad_pem`, `key_mismatch`, `unknown_algorithm`."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        raise JoseError("bad_pem", "This is no unencrypted private key in PEM.", "pem") from None
    if not isinstance(key, LibraryPrivateKey):
        raise JoseError("bad_pem", f"A key of type {type(key).__name__} signs no tokens.", "pem")
    return BroughtKey(key, algorithm, kid)


def _not_held(kid: str) -> JoseError:
    return JoseError(NOT_HELD, f"The private key {kid!r} is not here, so nothing new can be signed with it.", "key")
