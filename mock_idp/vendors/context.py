"""What a vendor is given to decide by: its issuer, the request at hand, the grant behind a token, the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from mock_idp.http11.request import Request

Claims = dict[str, Any]
TokenPlace = Literal["id_token", "access_token"]
Audience = str | tuple[str, ...]
"""One audience, or several."""

ENDPOINTS = (
    *("jwks", "discovery", "token", "authorize", "userinfo", "introspect", "revoke", "end_session"),
    *("device_authorization", "device_page", "par", "session_page", "account", "registration", "tokeninfo"),
    *("session", "session_refresh"),
    "other",
)
SERVED_ENDPOINTS = ENDPOINTS[:-1]
"""All but `other`, the paths of an issuer at which there is nothing."""


@dataclass(frozen=True)
class IssuerContext:
    """Where an issuer stands and what it was configured with.

    `base` is the public URL below which the vendor's own paths begin, without a slash at the end.
    `options` are the vendor's options, complete with defaults. `extra_claims` go into every token that is made for the
    request at hand, in place of others of their name, and `token_changes` are what else is changed in them. `path` is
    that of the request, below the base URL; empty where there is none, as for tokens of the control API. `back` is the
    URL in place of `base` for what clients and services ask by themselves.
    """

    base: str
    audience: str
    permissions_claim: str
    algorithm: str
    token_lifetime_seconds: int
    options: Mapping[str, Any]
    extra_claims: Mapping[str, Any] = field(default_factory=dict)
    token_changes: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    back: str = ""


@dataclass(frozen=True)
class KeyTimes:
    """When the published keys changed last, and the issuer's time now: what vendors' cache headers are made of.

    Both are in unix seconds. `options` are the vendor's.
    """

    changed_at: float
    now: float
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class IssuerRequest(Request):
    """A request below the base URL of an issuer, as its vendor judges it; `now` is the issuer's time in unix seconds.

    `context` is the issuer as the caller sees it. `form` and `client_id` are empty and None until they are read;
    `known_path` says that the issuer serves the path, if with another method.
    """

    context: IssuerContext = field(repr=False)
    now: float
    known_path: bool = True
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    client_id: str | None = None


@dataclass(frozen=True)
class GrantOrigin:
    """Where a token for a user comes from.

    `grants` are the grant types behind it, that of the login first and refresh_token or the exchange behind it.
    `offline` says that the grant has the scope offline_access, `of_offline` that what was exchanged for it has.
    """

    grants: tuple[str, ...] = ("authorization_code",)
    offline: bool = False
    of_offline: bool = False


@dataclass(frozen=True)
class TokenRequest:
    """Who asks for a token. None leaves a value to the vendor's usual one; `now` is in unix seconds.

    `origin` counts for tokens of users only. `scope` are the words that were granted, for vendors whose tokens say more
    of them than the permissions they became; `empty_permissions` says that a list of none was asked for.
    """

    now: float
    kind: Literal["machine", "user"] = "machine"
    subject: str | None = None
    client_id: str | None = None
    audience: str | Sequence[str] | None = None
    permissions: Sequence[str] = ()
    origin: GrantOrigin = GrantOrigin()
    scope: tuple[str, ...] = ()
    empty_permissions: bool = False


@dataclass(frozen=True)
class StepUp:
    """How sure a client wants to be who the user is (RFC 9470): the words of `acr_values`, best first, and the members
    of the parameter `claims` (OpenID Connect Core section 5.5).
    """

    acr_values: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)

    def wanted(self, token: TokenPlace, name: str) -> tuple[str, ...]:
        """The values that `claims` names for a claim of one token."""
        members = self.claims.get(token)
        about = members.get(name) if isinstance(members, Mapping) else None
        if not isinstance(about, Mapping):
            return ()
        values = about.get("values", [about["value"]] if "value" in about else [])
        return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()


@dataclass(frozen=True)
class IdTokenRequest:
    """What a vendor's own members of an ID token are made of.

    `subject` is the `sub` of access tokens about the user, `known` are the claims about them. `grant_type` is that of
    the login, and `now` is in unix seconds.
    """

    client_id: str
    session_id: str
    username: str
    subject: str
    context: IssuerContext
    scope: tuple[str, ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict, repr=False)
    grant_type: str = "authorization_code"
    now: float = 0.0


@dataclass(frozen=True)
class RefreshTokenRequest:
    """What a vendor's refresh token is made of. Times are in unix seconds.

    `issuer` is the issuer identifier. `offline` says that the grant has the scope offline_access. `secret` is what the
    issuer signs its refresh tokens with, known to nobody else, and `secret_kid` is its name.
    """

    issuer: str
    client_id: str
    session_id: str
    subject: str
    scope: tuple[str, ...]
    issued_at: int
    until: int
    offline: bool
    secret: bytes = field(repr=False)
    secret_kid: str


@dataclass(frozen=True)
class TokenResponseContext:
    """What the members of a token response for a user are arranged by.

    `scope` are the words that were granted, `subject` is the `sub`. `parameters` reads those of the request.
    """

    context: IssuerContext
    session_id: str
    scope: tuple[str, ...]
    subject: str
    parameters: Callable[[], Mapping[str, str]] = field(repr=False)


def lifetime(context: IssuerContext, now: float) -> tuple[int, int]:
    """`iat` and `exp` of a token issued now, whole seconds as all vendors write them."""
    return int(now), int(now) + context.token_lifetime_seconds


def audience_of(context: IssuerContext, request: TokenRequest) -> str | list[str]:
    """The audience that was asked for in the shape it was asked for, otherwise the issuer's."""
    if request.audience is None:
        return context.audience
    return request.audience if isinstance(request.audience, str) else list(request.audience)


def with_permissions(claims: Claims, context: IssuerContext, request: TokenRequest) -> Claims:
    """The claims with the permissions in the claim that the issuer has for them, at the end unless it is there.

    They are an array, but in `scope`, which is one text wherever it is the name of a claim (RFC 8693 section 4.2, RFC
    9068 section 2.2.3) and has the words of the requested scope first; without any word there is none.
    """
    if context.permissions_claim != "scope":
        return {**claims, context.permissions_claim: list(request.permissions)}
    granted = [word for word in str(claims.get("scope", "")).split() if word not in request.permissions]
    words = (*granted, *request.permissions)
    if words:
        return {**claims, "scope": " ".join(words)}
    return {name: value for name, value in claims.items() if name != "scope"}
