"""What a vendor lets clients do: how they come to be known, and which scopes and audiences they may ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from mock_idp.vendors.context import IssuerContext

DocumentPlaces = Literal["loopback", "public"]
"""Where documents of clients may lie: on this machine, or also at addresses that everybody can reach."""


class Clients:
    """The part of a vendor about clients; the defaults are those of RFC 6749 and RFC 8707, without registration."""

    needs_audience = False
    """Whether a declared client has to ask for an audience."""
    audience_parameter = True
    """Whether a client can ask for an audience with `audience`."""
    resource_parameter = True
    """Whether a client can ask for an audience with `resource` (RFC 8707)."""

    identity_grants = False
    """Whether an ID token is exchanged for a grant at another issuer, and such a grant for a token (ID-JAG)."""
    bound_resources = False
    """Whether `resource` is what RFC 8707 says: one or several absolute URIs, at the token endpoint those of the grant
    or a part of them."""

    def registers_clients(self, options: Mapping[str, Any]) -> bool:
        """Whether clients register themselves (RFC 7591) where the discovery document says."""
        return False

    def client_documents(self, options: Mapping[str, Any]) -> DocumentPlaces | None:
        """From where the documents of clients are fetched whose ids are URLs; None where such an id is like others."""
        return None

    def needs_scope(self, context: IssuerContext) -> bool:
        """Whether a declared client has to ask for a scope."""
        return False

    def has_scope(self, word: str, declared: Collection[str]) -> bool:
        """Whether a word of a requested scope is one of those that an issuer or a client declares."""
        return word in declared

    def usual_scope(self, declared: tuple[str, ...]) -> tuple[str, ...]:
        """What a client gets that asks for no scope. In: all that it may ask for."""
        return declared

    def resource_of_tokens(self, context: IssuerContext) -> bool:
        """Whether a token request for a user may name the `resource`, whatever the authorization request has named."""
        return False
