"""What a vendor's authorization server does beside the tokens of machines: grants, refresh tokens, ID tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mock_idp.providers import hooks
from mock_idp.providers.hooks import Asked, IdTokenRequest, RefreshTokenRequest, UserAnswer

if TYPE_CHECKING:
    from mock_idp.answer import Answer, Headers
    from mock_idp.jose.keys import SigningKey
    from mock_idp.oauth.problems import ProblemKind
    from mock_idp.providers.base import Place

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"
ALL_GRANTS = (
    *("client_credentials", "authorization_code", "refresh_token", "password"),
    *(DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE),
)

RefreshHabit = Literal["rotate", "reissue", "keep"]
"""rotate: each use gives a new one and ends the old, and an old one that comes back ends them all (RFC 9700 section
4.14.2). reissue: each use gives a new one, the old stays good. keep: there is one, and it stays."""


@dataclass(frozen=True)
class Flows:
    """The habits of one vendor; the defaults are those of the specifications.

    `grants` are the grant types of its token endpoint. `challenge_methods` counts where the discovery document names
    none. `other_bases` are URLs beside the base URL below which it has endpoints, `more_paths` are paths, with their
    endpoints, that no discovery document names. `needs_scope` and `needs_audience` say that a declared client has to
    ask for one, `audience_parameter` that it can. `resource_of_tokens` says that a token request for a user may name
    the `resource`, whatever the authorization request has named. `machine_scope_problem` judges one word of the scope
    of a client_credentials request. `userinfo_audience` adds the userinfo endpoint to the audience of tokens with the
    scope openid. `device_page` is where a user enters a user code; `{base}` and `{issuer}` stand for the base URL and
    the issuer. `device_response` arranges what a device is told. `subject_of` makes the `sub` of a user name,
    `id_token_extra` gives the vendor's own claims of an ID token, in place of others of their name, `id_token_key`
    names the key that signs it. `scope_words` makes what an access token says of a granted scope. `own_grants` names,
    by grant type, the module in `mock_idp.oauth.grants` with an `answer` of the vendor's own. `opaque_prefix` is what
    opaque tokens begin with. `user_response` arranges the members of a token response for a user. `resource_parameter`
    says that a client can ask for an audience with `resource` (RFC 8707). `default_scopes` are those of which ID token
    and userinfo have the claims whatever was asked for. `user_claims` gives the claims of a user, by name and declared
    claims, that nobody has to declare. `auth_time_of` says, by the grant type of the login, whether ID tokens say when
    it was. `jwk_set_media_type` is the type of the JWKS for those who ask for that type.

    Refresh tokens: `refresh_token` makes one, `refresh_lifetime_seconds` is how many seconds it is good for, and
    `offline_lifetime_seconds` with the scope offline_access, where that differs. `needs_offline_access` says that only
    that scope brings one. `refresh_token_logout` are the headers of the 204 for a logout with a refresh token and no
    browser; None where there is no such logout.

    Hooks that answer what no other vendor knows, or None: `refuse_request` a token request before it is read,
    `refuse_client` one of a client that is known, before its grant, `refuse_authorization` an authorization request
    (with `error` and `error_description`), and `not_served` any request at a path, or with a method, that the issuer
    doesn't serve. `rate_limited` is the answer to one request too many. `opaque_token` says whether the access token of
    a user is a text that only the vendor understands, by the audience that was asked for. `access_token_key` names the
    key that signs access tokens, by the vendor's options; an issuer without a key of that name signs with the current
    one. `key_documents` gives what stands beside the JWKS and is made of the published keys, by its path below the base
    URL. `duplicates_last` says that a parameter that is given twice is refused only when the client is known.
    `cors_credentials` says that web pages of other origins may send credentials along, `origins_claim` names the claim
    of access tokens that lists the origins of the client, by the vendor's options.
    """

    grants: tuple[str, ...] = ALL_GRANTS
    challenge_methods: tuple[str, ...] = ("S256", "plain")
    other_bases: Callable[[Place], tuple[str, ...]] = hooks.no_other_bases
    more_paths: Mapping[str, str] = field(default_factory=dict)
    refresh: RefreshHabit = "rotate"
    refresh_token: Callable[[RefreshTokenRequest], str] = hooks.random_text
    refresh_lifetime_seconds: int = 30 * 86_400
    offline_lifetime_seconds: int | None = None
    refresh_token_logout: Headers | None = None
    needs_offline_access: Callable[[Place], bool] = hooks.never
    needs_scope: Callable[[Place], bool] = hooks.never
    needs_audience: bool = False
    audience_parameter: bool = True
    resource_parameter: bool = True
    resource_of_tokens: Callable[[Place], bool] = hooks.never
    machine_scope_problem: Callable[[str], ProblemKind | None] = hooks.no_problem
    userinfo_audience: bool = False
    device_page: str = "{base}/device"
    device_response: Callable[[dict[str, Any], Place], dict[str, Any]] = hooks.as_standard
    subject_of: Callable[[str], str] = str
    user_claims: Callable[[str, Mapping[str, Any]], dict[str, Any]] = hooks.preferred_username
    default_scopes: tuple[str, ...] = ()
    auth_time_of: Callable[[str], bool] = hooks.each_login
    id_token_extra: Callable[[IdTokenRequest], dict[str, Any]] = hooks.no_extra_claims
    id_token_key: str = "current"
    scope_words: Callable[[tuple[str, ...]], list[str]] = list
    own_grants: Mapping[str, str] = field(default_factory=dict)
    opaque_prefix: str = ""
    refuse_request: Callable[[Asked], Answer | None] = hooks.no_objection
    refuse_client: Callable[[Asked], Answer | None] = hooks.no_objection
    refuse_authorization: Callable[[Asked], tuple[str, str] | None] = hooks.no_refusal
    not_served: Callable[[Asked], Answer | None] = hooks.no_objection
    rate_limited: Callable[[Asked], Answer | None] = hooks.no_objection
    opaque_token: Callable[[Place, str | None], bool] = hooks.never_opaque
    duplicates_last: bool = False
    access_token_key: Callable[[Mapping[str, Any]], str] = hooks.current_key
    key_documents: Callable[[Place, Sequence[SigningKey]], Mapping[str, dict[str, Any]]] = hooks.no_key_documents
    user_response: Callable[[dict[str, Any], UserAnswer], dict[str, Any]] = hooks.unchanged
    jwk_set_media_type: str | None = None
    cors_credentials: bool = False
    origins_claim: Callable[[Mapping[str, Any]], str | None] = hooks.no_claim
