"""What a vendor's mock has to say about itself. A new vendor is one file and one line in `providers.PROVIDERS`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from mock_idp.answer import Answer, Headers
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import KeyState
from mock_idp.oauth.problems import Problem
from mock_idp.providers.flows import Flows
from mock_idp.settings import KeySettings

Claims = dict[str, Any]
RotationHabit = Literal["prepublished", "immediate"]


@dataclass(frozen=True)
class Place:
    """Where an issuer stands and what it was configured with.

    `base` is the public URL below which the vendor's own paths begin, without a slash at the end.
    `options` are the vendor's options, complete with defaults. `extra_claims` go into every token that is made for the
    request at hand, in place of others of their name. `path` is that of the request, below the base URL; empty where
    there is none, as for tokens of the control API.
    """

    base: str
    audience: str
    permissions_claim: str
    algorithm: str
    token_lifetime_seconds: int
    options: Mapping[str, Any]
    extra_claims: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a token for a user comes from.

    `grants` are the grant types behind it, that of the login first and refresh_token behind it. `offline` says that the
    grant has the scope offline_access.
    """

    grants: tuple[str, ...] = ("authorization_code",)
    offline: bool = False


@dataclass(frozen=True)
class TokenRequest:
    """Who asks for a token. None leaves a value to the vendor's usual one; `now` is in unix seconds.

    `origin` counts for tokens of users only.
    """

    now: float
    kind: Literal["machine", "user"] = "machine"
    subject: str | None = None
    client_id: str | None = None
    audience: str | Sequence[str] | None = None
    permissions: Sequence[str] = ()
    origin: Origin = Origin()


@dataclass(frozen=True)
class KeyTimes:
    """When the published keys changed last, and the issuer's time now: what vendors' cache headers are made of.

    Both are in unix seconds. `options` are the vendor's.
    """

    changed_at: float
    now: float
    options: Mapping[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """One vendor. All methods are pure: same arguments, same answer, except for random token ids."""

    name: str
    default_permissions_claim: str
    default_token_lifetime_seconds: int
    default_client_id: str
    rotation_habit: RotationHabit
    option_schemas: ClassVar[Mapping[str, Mapping[str, Any]]]
    """JSON schema of each option the vendor has; each with a `default`."""
    jwk_members: tuple[str, ...]
    """The members of a published RSA key, in the order they are served."""
    request_id_header: str | None
    """The header with which the vendor names a request, or None."""
    published_order: tuple[KeyState, ...]
    """The states whose keys are published, in the order of the JWKS."""
    accepts_json_token_requests: bool
    flows: Flows
    """The grants it has beside client_credentials, and its habits with refresh and ID tokens."""

    def usual_keys(self, options: Mapping[str, Any]) -> tuple[KeySettings, ...]:
        """The keys a fresh issuer of this vendor has."""

    def kid(self, key: KidSource) -> str:
        """A kid in the vendor's shape."""

    def certificate_name(self, place: Place) -> str:
        """The CN of the self-signed certificate in `x5c`."""

    def issuer(self, place: Place) -> str:
        """The issuer identifier, with the slash at its end where the vendor has one."""

    def jwks_path(self, options: Mapping[str, Any]) -> str:
        """The path of the JWKS below the base URL."""

    def discovery_paths(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """The paths of the discovery document below the base URL, the most usual one first."""

    def token_path(self, options: Mapping[str, Any]) -> str:
        """The path of the token endpoint below the base URL."""

    def discovery(self, place: Place) -> dict[str, Any]:
        """The discovery document, members in the vendor's order (OIDC Discovery 1.0 section 3, RFC 8414 section 2)."""

    def more_documents(self, place: Place) -> Mapping[str, dict[str, Any] | None]:
        """What is served below the base URL besides, by path: a discovery document, or None for the JWKS again."""

    def jwks_headers(self, times: KeyTimes) -> Headers:
        """The headers of the JWKS. Rebuilt at most once a second."""

    def discovery_headers(self, times: KeyTimes) -> Headers:
        """The headers of the discovery document. Rebuilt at most once a second."""

    def token_headers(self) -> Headers:
        """The headers of a token response."""

    def request_id(self, number: int) -> str:
        """The value of `request_id_header` for the request with this number."""

    def token_header(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JOSE header of an access token in the vendor's order; `alg` and `kid` only mark their place."""

    def claims(self, place: Place, request: TokenRequest) -> Claims:
        """The claims of an access token, members in the vendor's order, permissions where the vendor puts them."""

    def token_response(self, place: Place, token: str, scope: str) -> dict[str, Any]:
        """The body of a successful token response (RFC 6749 section 5.1) with the vendor's own members."""

    def token_error(self, problem: Problem) -> Answer:
        """The answer to a refused request of a client; `standard_answer` is that of RFC 6749 section 5.2."""


def lifetime(place: Place, now: float) -> tuple[int, int]:
    """`iat` and `exp` of a token issued now, whole seconds as all vendors write them."""
    return int(now), int(now) + place.token_lifetime_seconds


def audience_of(place: Place, request: TokenRequest) -> str | list[str]:
    """The audience that was asked for in the shape it was asked for, otherwise the issuer's."""
    if request.audience is None:
        return place.audience
    return request.audience if isinstance(request.audience, str) else list(request.audience)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(unix_seconds: float) -> str:
    """A time as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7), in no matter which locale."""
    year, month, day, hour, minute, second, weekday = time.gmtime(unix_seconds)[:7]
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"
