"""What a vendor says to clients that come back with a token: introspection, userinfo, revocation, exchange, logout."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal

from mock_idp.http11.response import Headers, Response
from mock_idp.vendors.context import Claims, IssuerContext, IssuerRequest

UserinfoProblem = Literal["none", "bad", "ended", "scope", "nobody"]
"""What is wrong with a token at userinfo: there is none, it is not good, its session is over, it has not the scope
openid, it is about nobody."""


class BackChannel:
    """The part of a vendor about tokens that come back; the defaults are those of RFC 7662, 7009, 8693 and OpenID
    Connect. Where a hook returns None, the answer is that of the specification.
    """

    guarded_endpoints: frozenset[str] = frozenset()
    """The endpoints beside the token endpoint at which `refuse_request` counts."""
    reads_empty_values = False
    """Whether a parameter without a value is there all the same, for what is introspected and for a scope."""
    form_credentials_first = False
    """Whether the id and the secret of a client count as its form has them, whatever its Authorization header says."""
    userinfo_for_id_tokens = True
    """Whether userinfo looks no further at a token than whether it is good."""
    ungated_grants: frozenset[str] = frozenset()
    """The grant types that no client has to be given: their tokens say whose they are."""
    revoked_headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
    introspection_headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
    userinfo_headers: Headers = (("Cache-Control", "no-store"),)
    logout_by_hint = False
    """Whether an ID token that is shown at the logout ends its session, whatever the browser says."""
    confirms_logout = False
    """Whether a browser whose login is to end is asked first, where no ID token is shown."""
    lenient_logout = False
    """Whether the logout takes the first of a parameter that is given twice, and a body that is no form for none."""
    logout_names_client = True
    """Whether a logout that leads to an address names the client it is of; otherwise that of any client will do."""
    exchange_in_session = False
    """Whether an exchanged token belongs to the login of the one that it is exchanged for, and comes as those of that
    login do: with an ID token, of its scopes or of any others, for an audience that the client's tokens have.
    """
    audiences_are_clients = False
    """Whether nothing is an audience that is no client, where clients are declared."""
    takes_own_assertion = True
    """Whether jwt-bearer takes a token of the issuer itself."""

    revokes_for_anybody = False
    """Whether a token is revoked for whoever has it, without a client, by a form or by the query, and its refresh token
    with it."""

    def refuse_introspection(self, request: IssuerRequest, public: bool) -> Response | None:
        """The answer to a client that is known and may not ask. In: whether it is a public one."""
        return None

    def tells_of(self, request: IssuerRequest, claims: Mapping[str, Any], refresh: bool) -> bool:
        """Whether introspection says to this client that a good token is active. In: whether it is a refresh token."""
        return True

    def introspected(self, about: Claims, claims: Mapping[str, Any]) -> Claims:
        """What introspection says of an active token with these claims. In: what RFC 7662 has of it."""
        return about

    def refuse_userinfo(self, context: IssuerContext, problem: UserinfoProblem) -> Response | None:
        """The answer to a token that is not good at userinfo."""
        return None

    def refuse_revocation(self, claims: Mapping[str, Any]) -> Response | None:
        """The answer to the revocation of a good token of its own that is of no kind to be revoked."""
        return None

    def revoked_nothing(self) -> Response | None:
        """The answer to the revocation of what is no token."""
        return None

    def refuse_token_logout(self, context: IssuerContext) -> Response | None:
        """The answer to a logout by a refresh token that is refused before it is read."""
        return None

    def is_logout_hint(self, claims: Mapping[str, Any]) -> bool:
        """Whether a good token of its own is one to log out with. In: its claims."""
        return True

    def refuse_exchange(
        self, request: IssuerRequest, public: bool, subject: Mapping[str, Any] | None
    ) -> Response | None:
        """The answer to a token exchange that is refused, before (None) and after the subject token is read.

        In: whether the client is a public one, and the claims of the subject token.
        """
        return None

    def exchange_audiences(self, context: IssuerContext) -> tuple[str, ...]:
        """What an exchanged token may be for where it is of the same login: what the client's tokens are for anyhow."""
        return ()

    pushed_headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
    """The headers of the answer to a pushed authorization request."""
    takes_beside_pushed = False
    """Whether a parameter beside a `request_uri` counts that was not pushed."""

    def pushed_id(self) -> str:
        """What is random of a fresh `request_uri`."""
        return secrets.token_urlsafe(32)

    def refuse_pushed(self, request: IssuerRequest, code: str, description: str) -> Response | None:
        """The answer to a pushed authorization request, which has its form, that is refused with this error."""
        return None

    def refuse_origin(self, request: IssuerRequest) -> Response | None:
        """The answer of the token endpoint to a page whose origin is none of its client's."""
        return None
