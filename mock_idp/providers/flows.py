"""What a vendor's authorization server does beside the tokens of machines: grants, refresh tokens, ID tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mock_idp.answer import Answer
    from mock_idp.oauth.problems import ProblemKind
    from mock_idp.providers.base import Place

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ALL_GRANTS = (
    *("client_credentials", "authorization_code", "refresh_token", "password"),
    *(DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE),
)

RefreshHabit = Literal["rotate", "reissue", "keep"]
"""rotate: each use gives a new one and ends the old, and an old one that comes back ends them all (RFC 9700 section
4.14.2). reissue: each use gives a new one, the old stays good. keep: there is one, and it stays."""


@dataclass(frozen=True)
class IdTokenRequest:
    """What a vendor's own members of an ID token are made of; `options` are those of the issuer."""

    client_id: str
    session_id: str
    username: str
    subject: str
    options: Mapping[str, Any]


def no_extra_claims(request: IdTokenRequest) -> dict[str, Any]:
    """Nothing beside the claims of OpenID Connect Core section 2."""
    return {}


def no_problem(scope: str) -> ProblemKind | None:
    """Every word of a scope is fine."""
    return None


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


def no_objection(asked: Asked) -> Answer | None:
    """The vendor has nothing of its own against it."""
    return None


def unchanged(document: dict[str, Any], session_id: str) -> dict[str, Any]:
    """A token response for a user is one for a client with more members at its end."""
    return document


def current_key(options: Mapping[str, Any]) -> str:
    """The key that signs everything else."""
    return "current"


def never_opaque(place: Place, audience: str | None) -> bool:
    """Access tokens are JWTs."""
    return False


@dataclass(frozen=True)
class Flows:
    """The habits of one vendor; the defaults are those of the specifications.

    `grants` are the grant types of its token endpoint. `challenge_methods` counts where the discovery document names
    none. `refresh_lifetime_seconds` is in seconds. `needs_offline_access` says that only the scope `offline_access`
    brings a refresh token. `needs_scope` and `needs_audience` say that a declared client has to ask for one.
    `machine_scope_problem` judges one word of the scope of a client_credentials request. `userinfo_audience` adds the
    userinfo endpoint to the audience of tokens with the scope openid. `device_page` is where a user enters a user
    code; `{base}` and `{issuer}` stand for the base URL and the issuer. `subject_of` makes the `sub` of a user name,
    `id_token_extra` gives the vendor's own claims of an ID token, `id_token_key` names the key that signs it.
    `scope_words` makes what an access token says of a granted scope. `own_grants` names, by grant type, the module in
    `mock_idp.oauth.grants` with an `answer` of the vendor's own. `opaque_prefix` is what opaque tokens begin with.

    Three hooks answer what no other vendor knows, or None: `refuse_request` a token request before it is read,
    `refuse_client` one of a client that is known, before its grant, and `not_served` any request at a path, or with a
    method, that the issuer doesn't serve. `rate_limited` is the answer to one request too many. `opaque_token` says
    whether the access token of a user is a text that only the vendor understands, by the audience that was asked for.
    `user_response` arranges the members of a token response for a user, in: the id of the session.
    `access_token_key` names the key that signs access tokens, by the vendor's options; an issuer without a key of that
    name signs with the current one. `duplicates_last` says that a parameter that is given twice is refused only when
    the client is known.
    """

    grants: tuple[str, ...] = ALL_GRANTS
    challenge_methods: tuple[str, ...] = ("S256", "plain")
    refresh: RefreshHabit = "rotate"
    refresh_lifetime_seconds: int = 30 * 86_400
    needs_offline_access: bool = False
    needs_scope: bool = False
    needs_audience: bool = False
    machine_scope_problem: Callable[[str], ProblemKind | None] = no_problem
    userinfo_audience: bool = False
    device_page: str = "{base}/device"
    subject_of: Callable[[str], str] = str
    id_token_extra: Callable[[IdTokenRequest], dict[str, Any]] = no_extra_claims
    id_token_key: str = "current"
    scope_words: Callable[[tuple[str, ...]], list[str]] = list
    own_grants: Mapping[str, str] = field(default_factory=dict)
    opaque_prefix: str = ""
    refuse_request: Callable[[Asked], Answer | None] = no_objection
    refuse_client: Callable[[Asked], Answer | None] = no_objection
    not_served: Callable[[Asked], Answer | None] = no_objection
    rate_limited: Callable[[Asked], Answer | None] = no_objection
    opaque_token: Callable[[Place, str | None], bool] = never_opaque
    duplicates_last: bool = False
    access_token_key: Callable[[Mapping[str, Any]], str] = current_key
    user_response: Callable[[dict[str, Any], str], dict[str, Any]] = unchanged
