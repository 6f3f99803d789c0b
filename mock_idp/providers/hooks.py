"""What the hooks of a vendor's `Flows` are given, and what they do for a vendor that has nothing of its own there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_idp.answer import Answer
    from mock_idp.jose.keys import SigningKey
    from mock_idp.oauth.problems import ProblemKind
    from mock_idp.providers.base import Place


@dataclass(frozen=True)
class IdTokenRequest:
    """What a vendor's own members of an ID token are made of."""

    client_id: str
    session_id: str
    username: str
    subject: str
    place: Place


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
class UserAnswer:
    """What the members of a token response for a user are arranged by.

    `scope` are the words that were granted, `subject` is the `sub`. `parameters` reads those of the request.
    """

    place: Place
    session_id: str
    scope: tuple[str, ...]
    subject: str
    parameters: Callable[[], Mapping[str, str]] = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """A request below the base URL of an issuer, as a vendor judges it; `now` is the issuer's time in unix seconds.

    `path` is the one on the server and `query` the text behind the question mark. `form` and `client_id` are empty and
    None until they are read; `assertion` says that the client has authenticated with a JWT, `known_path` that the
    issuer serves the path with another method.
    """

    place: Place
    now: float
    method: str
    path: str
    query: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    client_id: str | None = None
    assertion: bool = False
    known_path: bool = False


def no_extra_claims(request: IdTokenRequest) -> dict[str, Any]:
    """Nothing beside the claims of OpenID Connect Core section 2."""
    return {}


def random_text(request: RefreshTokenRequest) -> str:
    """A refresh token that says nothing."""
    return secrets.token_urlsafe(32)


def unchanged(document: dict[str, Any], answer: UserAnswer) -> dict[str, Any]:
    """A token response for a user is one for a client with more members at its end."""
    return document


def as_standard(document: dict[str, Any], place: Place) -> dict[str, Any]:
    """The answer of RFC 8628 section 3.2."""
    return document


def preferred_username(username: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    """The name a user logs in with is how they want to be called (OpenID Connect Core section 5.1)."""
    return {"preferred_username": username}


def nothing_more(username: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    """The vendor knows no more of a user than what was declared."""
    return {}


def each_login(grant_type: str) -> bool:
    """However the user has logged in."""
    return True


def no_problem(scope: str) -> ProblemKind | None:
    """Every word of a scope is fine."""
    return None


def no_objection(asked: Asked) -> Answer | None:
    """The vendor has nothing of its own against it."""
    return None


def no_refusal(asked: Asked) -> tuple[str, str] | None:
    """The vendor has nothing of its own against an authorization request."""
    return None


def no_other_bases(place: Place) -> tuple[str, ...]:
    """All endpoints are below the base URL."""
    return ()


def no_key_documents(place: Place, keys: Sequence[SigningKey]) -> Mapping[str, dict[str, Any]]:
    """The JWKS says all there is to know of the keys."""
    return {}


def current_key(options: Mapping[str, Any]) -> str:
    """The key that signs everything else."""
    return "current"


def no_claim(options: Mapping[str, Any]) -> str | None:
    """Tokens don't say it."""
    return None


def never_opaque(place: Place, audience: str | None) -> bool:
    """Access tokens are JWTs."""
    return False


def always(place: Place) -> bool:
    """At each endpoint."""
    return True


def never(place: Place) -> bool:
    """At no endpoint."""
    return False
