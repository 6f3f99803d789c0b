"""What a vendor says of people who log in: in ID tokens and at userinfo."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from mock_idp.vendors.context import Claims, IdTokenRequest, IssuerContext, StepUp, TokenPlace


class People:
    """The part of a vendor about users; the defaults are those of OpenID Connect Core."""

    default_scopes: tuple[str, ...] = ()
    """The scopes of which ID token and userinfo have the claims whatever was asked for."""
    more_scopes: frozenset[str] = frozenset()
    """The scopes beside those of OpenID Connect that each client may ask for; they are no permissions."""
    client_roles_for_users = True
    """Whether the roles of a client count for the users of its tokens, too, and not for the client itself alone."""
    refresh_narrows = False
    """Whether a refresh may ask for any scope that the client may have, and gets what of it was granted."""
    signed_on_claims: Mapping[str, Any] = MappingProxyType({})
    """What tokens say of a login that was there before it was asked for."""
    id_token_order: tuple[str, ...] = ()
    """Which claims of ID tokens come first, where that is not as they are listed in Core section 2."""
    access_token_hash = True
    """Whether ID tokens have `at_hash`, which Core section 3.1.3.6 leaves open where the token endpoint made them."""
    id_token_lifetime_seconds: int | None = None
    """How long ID tokens are good for where nobody says it; None for as long as access tokens."""
    login_by_email = False
    """Whether users log in with their address as well, and their name in capitals or not."""
    needs_redirect_uri = False
    """Whether an authorization request says where the answer goes, even where the client has declared one place."""
    required_challenge_method: str | None = None
    """The one method of PKCE that is good enough for a client that has to use it."""
    always_pkce = False
    """Whether every client has to use PKCE (OAuth 2.1 section 7.5.2)."""
    loopback_ports_vary = False
    """Whether a declared redirect URI on this machine is meant with any port (RFC 8252 section 7.3)."""
    parameter_words: Mapping[str, str] = MappingProxyType({})
    """What is said of a parameter `{name}` of an authorization request that is `missing` or `invalid`."""
    undescribed_errors: frozenset[str] = frozenset()
    """The errors of authorization responses that have no error_description."""
    redirect_status: Literal[302, 303] = 303
    """How a browser is sent on (RFC 9700 section 4.12 wants 303)."""
    id_token_key = "current"
    """The key that signs ID tokens."""

    def subject_of(self, username: str) -> str:
        """The `sub` of a user in access tokens."""
        return username

    def person_of(self, subject: str) -> str:
        """The `sub` of ID tokens and userinfo. In: that of access tokens about the same user."""
        return subject

    def account_of_client(self, context: IssuerContext, client_id: str) -> Claims | None:
        """What userinfo says of a client that logs in as a user of its own, `sub` among it; with the scope openid it
        gets an ID token as well. None where clients are no users.
        """
        return None

    def code(self, session_id: str) -> str:
        """An authorization code for a login of this session."""
        return secrets.token_urlsafe(32)

    def response_issuer(self, context: IssuerContext, usual: str | None) -> str | None:
        """`iss` of an authorization response. In: that of RFC 9207, which is there where the metadata promises it."""
        return usual

    def sent_back(self, parameters: dict[str, str], session_id: str) -> dict[str, str]:
        """The parameters with which a browser comes back to the client, in the vendor's order. In: those of the
        specification, and the session, which is empty where there is none.
        """
        return parameters

    def needs_offline_access(self, context: IssuerContext) -> bool:
        """Whether only the scope offline_access brings a refresh token."""
        return False

    def device_response(self, document: dict[str, Any], context: IssuerContext) -> dict[str, Any]:
        """What a device is told, made of the answer of RFC 8628 section 3.2."""
        return document

    def session_id(self, login: str) -> str:
        """The id of the session of a login, `sid` in tokens. In: one that is random."""
        return login

    def anybody(self, username: str) -> Claims:
        """The claims about a user nobody declared: those that clients look for, where the vendor has them."""
        given = username.partition("@")[0].capitalize()
        return {
            "name": f"{given} Example",
            "given_name": given,
            "family_name": "Example",
            "preferred_username": username,
            "email": email_of(username),
            "email_verified": True,
        }

    def user_claims(self, username: str, declared: Mapping[str, Any]) -> Claims:
        """The claims of a user that nobody has to declare."""
        return {"preferred_username": username}

    def claim_scopes(self, scope: tuple[str, ...]) -> tuple[str, ...]:
        """The scopes whose claims ID token and userinfo have. In: those that were granted."""
        return (*scope, *self.default_scopes)

    def id_token_names(self, request: IdTokenRequest) -> frozenset[str] | None:
        """Which of the claims of Core section 5.1 its ID tokens can have, declared or not; None for all."""
        return None

    def userinfo(self, claims: Claims, request: IdTokenRequest) -> Claims:
        """The answer of userinfo. In: `sub`, and the claims that the scope gives."""
        return claims

    def context_of_user(self, context: IssuerContext, known: Mapping[str, Any]) -> IssuerContext:
        """The issuer of the tokens for a user. In: the one that was asked, and the claims about the user."""
        return context

    def auth_time_of(self, grant_type: str) -> bool:
        """Whether ID tokens say when the login was. In: the grant type of the login."""
        return True

    def step_up_claims(self, asked: StepUp, token: TokenPlace) -> Claims:
        """What tokens say of the login that was asked for: here that it was as good as was wanted."""
        values = (*asked.wanted("id_token", "acr"), *asked.acr_values)
        return {"acr": values[0]} if values else {}

    def id_token_extra(self, request: IdTokenRequest) -> Claims:
        """The vendor's own claims of an ID token, in place of others of their name."""
        return {}


def email_of(username: str) -> str:
    """The address of a user who has declared none."""
    return username if "@" in username else f"{username}@example.com"
