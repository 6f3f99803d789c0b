"""The public half of a key as a JWK.

The type has no private fields, so a document made from it cannot leak a private key.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.errors import JoseError, nearest

PARAMETERS: dict[str, tuple[str, ...]] = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
"""The members that hold the key itself, by `kty` (RFC 7518 section 6, RFC 8037 section 2)."""

ATTRIBUTES = ("kty", "kid", "use", "alg", "x5c", "x5t", "x5t#S256", "issuer")
"""The members about the key (RFC 7517 section 4; `issuer` is Entra ID's, whose key sets serve several issuers)."""

CERTIFICATE_MEMBERS = frozenset({"x5c", "x5t", "x5t#S256"})

DEFAULT_MEMBERS = ("kty", "use", "alg", "kid", "n", "e")

MEMBERS = tuple(dict.fromkeys((*ATTRIBUTES, *(name for names in PARAMETERS.values() for name in names))))
"""Every member that a JWK of ours can have."""


@dataclass(frozen=True)
class PublicJwk:
    """One public key with every member it could be published with.

    `parameters` holds the key itself (`n`, `e` or `crv`, `x`, `y`), base64url text.
    The certificate members are None unless a certificate was asked for, `issuer` unless the key belongs to one.
    """

    kty: str
    kid: str
    use: str
    alg: str
    parameters: tuple[tuple[str, str], ...]
    x5c: tuple[str, ...] | None = None
    x5t: str | None = None
    x5t_s256: str | None = None
    issuer: str | None = None

    def as_dict(self, members: Sequence[str] = DEFAULT_MEMBERS) -> dict[str, Any]:
        """The JWK with these members in this order.

        A vendor's list is written for its RSA keys; for another kty the first of the listed key parameters is
        the place where this key's own stand. Raises JoseError `unknown_member` for a name no JWK of ours has.
        """
        own = dict(self.parameters)
        about: dict[str, Any] = {
            "kty": self.kty,
            "kid": self.kid,
            "use": self.use,
            "alg": self.alg,
            "x5c": list(self.x5c) if self.x5c is not None else None,
            "x5t": self.x5t,
            "x5t#S256": self.x5t_s256,
            "issuer": self.issuer,
        }
        jwk: dict[str, Any] = {}
        for name in layout(members, self.kty):
            value = own[name] if name in own else about[name]
            if value is not None:
                jwk[name] = value
        return jwk

    def thumbprint(self) -> str:
        """The base64url SHA-256 thumbprint of the required members, sorted (RFC 7638 section 3)."""
        required = dict(sorted({"kty": self.kty, **dict(self.parameters)}.items()))
        return b64url_encode(hashlib.sha256(compact_json(required)).digest())


def layout(members: Sequence[str], kty: str) -> list[str]:
    """The member names a key of this `kty` shows for a vendor's list of members.

    Raises JoseError `unknown_member` for a name that is in no JWK of ours.
    """
    own = PARAMETERS[kty]
    written_for_this_type = any(name in own for name in members)
    order: list[str] = []
    for name in members:
        if name not in MEMBERS:
            sentence = f"{name!r} is not a member a public key can be published with. {nearest(name, MEMBERS)}"
            raise JoseError("unknown_member", sentence, "members")
        if name in ATTRIBUTES or name in own:
            order.append(name)
        elif not written_for_this_type and own[0] not in order:
            order += own
    return order
