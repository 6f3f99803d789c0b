"""What a vendor is: all that it can say about itself, with defaults, so that a vendor's folder says what differs."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from math import floor
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from mock_idp.http11.response import Headers, Response
from mock_idp.jose import kid
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.kid import KidSource
from mock_idp.jose.ring import DEFAULT_PUBLISHED_ORDER, KeyState
from mock_idp.vendors.back_channel import BackChannel
from mock_idp.vendors.browser_apps import BrowserApps
from mock_idp.vendors.clients import Clients
from mock_idp.vendors.context import (
    Claims,
    IssuerContext,
    IssuerRequest,
    KeyTimes,
    RefreshTokenRequest,
    TokenRequest,
    TokenResponseContext,
    audience_of,
    lifetime,
    with_permissions,
)
from mock_idp.vendors.devices import Devices
from mock_idp.vendors.grant_types import ALL_GRANTS
from mock_idp.vendors.people import People
from mock_idp.vendors.problems import Problem, ProblemKind, standard_response
from mock_idp.vendors.two_names import BACK_CHANNEL
from mock_idp.vendors.wire import Wire

Options = Mapping[str, Any]
"""The options of an issuer, complete with defaults."""
OptionSchemas = Mapping[str, Mapping[str, Any]]
"""The JSON schema of each option, by its name."""

RotationHabit = Literal["prepublished", "immediate"]
RefreshHabit = Literal["rotate", "reissue", "keep"]
"""rotate: each use gives a new one and ends the old, and an old one that comes back ends them all (RFC 9700 section
4.14.2). reissue: each use gives a new one, the old stays good. keep: there is one, and it stays."""


class Vendor(BackChannel, BrowserApps, Clients, Devices, People, Wire):
    """One vendor; the defaults are those of the specifications, and the paths those of the vendor `custom`.

    Its name is that of the folder of its class. All methods are pure: same arguments, same result, except for random
    ids. A hook that decides about a request returns None for what any other vendor would do.
    """

    name: ClassVar[str]

    judged_by_default: ClassVar[bool] = False
    """Whether scenarios that name no vendors run with it."""
    judged_options: ClassVar[Options] = MappingProxyType({})
    """Options with which scenarios judge, so that one fault of a service doesn't hide all others."""
    option_schemas: ClassVar[OptionSchemas] = {}
    """The options of its issuers; each schema has a `default`."""
    default_permissions_claim = "permissions"
    default_token_lifetime_seconds = 3600
    default_client_id = "mock-client"

    # Keys and documents
    rotation_habit: RotationHabit = "immediate"
    jwk_members: tuple[str, ...] = ("kty", "kid", "use", "alg", "n", "e")
    """The members of a published RSA key, in the order they are served."""
    published_order: tuple[KeyState, ...] = DEFAULT_PUBLISHED_ORDER
    """The states whose keys are published, in the order of the JWKS."""
    keys_by_priority = False
    """Whether keys keep their place in the JWKS whatever their state, those of the start as `usual_keys` has them."""
    certificate_families: tuple[str, ...] = ("RSA", "EC", "OKP")
    """The kinds of keys that have a certificate, where keys have one."""
    certificate_version: Literal[1, 3] = 3
    makes_missing_key = False
    """Whether a token that no key is there to sign is signed with a key that is made for it, and stays."""
    dead_states: frozenset[KeyState] = frozenset({"hidden", "revoked"})
    """The states of keys whose tokens it takes from nobody."""
    jwk_set_media_type: str | None = None
    """The type of the JWKS for those who ask for that type."""
    endpoint_paths: ClassVar[Mapping[str, str]] = {
        "authorization": "/oauth2/authorize",
        "userinfo": "/oauth2/userinfo",
        "introspection": "/oauth2/introspect",
        "revocation": "/oauth2/revoke",
        "end_session": "/oauth2/logout",
        "device_authorization": "/oauth2/device_authorization",
        "pushed_authorization_request": "/oauth2/par",
    }
    """The endpoints beside the token endpoint that the default discovery document names."""
    path_ends: tuple[str, ...] = ("",)
    """What may stand behind each of its paths."""
    more_paths: ClassVar[Mapping[str, str]] = {}
    """Paths, with their endpoints, that no discovery document names."""

    # Grants
    grants: tuple[str, ...] = ALL_GRANTS
    """The grant types of its token endpoint."""
    own_grants: ClassVar[Mapping[str, str]] = {}
    """By grant type, the module in `mock_idp.oauth.grants` with an `response` of the vendor's own."""
    challenge_methods: tuple[str, ...] = ("S256", "plain")
    """The methods of PKCE where the discovery document names none."""
    example_credentials: Literal["basic", "form", "json"] = "basic"
    """How a client says its secret in the vendor's own examples."""
    accepts_json_token_requests = False
    duplicates_last = False
    """Whether a parameter that is given twice is refused only when the client is known."""
    inserts_openid = False
    """Whether a path of the issuer also follows the well-known part of OpenID's document (RFC 8414 section 5)."""
    back_endpoints: tuple[str, ...] = BACK_CHANNEL
    """The members of the discovery document that follow the name which a client knows the server by."""
    device_page = "{base}/device"
    """Where a user enters a user code; `{base}` and `{issuer}` stand for the base URL and the issuer."""

    # Tokens of users
    refresh: RefreshHabit = "rotate"
    refresh_lifetime_seconds = 30 * 86_400
    offline_lifetime_seconds: int | None = None
    """How long a refresh token with the scope offline_access is good for, where that differs."""
    refresh_token_logout: Headers | None = None
    """The headers of the 204 for a logout with a refresh token and no browser; None where there is no such logout."""
    userinfo_audience = False
    """Whether the userinfo endpoint is in the audience of tokens with the scope openid."""
    opaque_prefix = ""
    """What opaque tokens begin with."""

    def __init_subclass__(cls) -> None:
        cls.name = cls.__module__.rpartition(".")[2]

    # Where it is

    def issuer(self, context: IssuerContext) -> str:
        """The issuer identifier, with the slash at its end where the vendor has one."""
        return context.base

    def jwks_path(self, options: Options) -> str:
        """The path of the JWKS below the base URL."""
        return "/.well-known/jwks.json"

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        """The paths of the discovery document below the base URL, the most usual one first."""
        return "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"

    def token_path(self, options: Options) -> str:
        """The path of the token endpoint below the base URL."""
        return "/oauth2/token"

    def other_bases(self, context: IssuerContext) -> tuple[str, ...]:
        """URLs beside the base URL below which it has endpoints."""
        return ()

    # Documents

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        """The discovery document, members in the vendor's order (OIDC Discovery 1.0 section 3, RFC 8414 section 2)."""
        return {
            "issuer": self.issuer(context),
            "token_endpoint": context.base + self.token_path(context.options),
            "jwks_uri": context.base + self.jwks_path(context.options),
            **{f"{name}_endpoint": context.base + path for name, path in self.endpoint_paths.items()},
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": list(self.grants),
            "code_challenge_methods_supported": list(self.challenge_methods),
            "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [context.algorithm],
            "token_endpoint_auth_methods_supported": [
                *("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
            ],
            "authorization_response_iss_parameter_supported": True,
        }

    def more_documents(self, context: IssuerContext) -> Mapping[str, dict[str, Any] | None]:
        """What is served below the base URL besides, by path: a discovery document, or None for the JWKS again."""
        return {}

    def key_documents(self, context: IssuerContext, keys: Sequence[SigningKey]) -> Mapping[str, dict[str, Any]]:
        """What stands beside the JWKS and is made of the published keys, by its path below the base URL."""
        return {}

    def jwks_headers(self, times: KeyTimes) -> Headers:
        """The headers of the JWKS. Rebuilt at most once a second."""
        return ("Content-Type", "application/json"), ("Cache-Control", "public, max-age=300")

    def key_document_headers(self, times: KeyTimes) -> Headers:
        """The headers of `key_documents`. Rebuilt at most once a second."""
        return self.jwks_headers(times)

    def discovery_headers(self, times: KeyTimes) -> Headers:
        """The headers of the discovery document. Rebuilt at most once a second."""
        return self.jwks_headers(times)

    # Keys

    def usual_keys(self, options: Options) -> tuple[KeySettings, ...]:
        """The keys a fresh issuer has: one that signs, and where keys are announced ahead the next one."""
        usual = (KeySettings(state="current"),)
        return (*usual, KeySettings(state="next")) if self.rotation_habit == "prepublished" else usual

    def kid(self, key: KidSource) -> str:
        """A kid in the vendor's shape."""
        return kid.uuid4(key)

    def certificate_name(self, context: IssuerContext) -> str:
        """The CN of the self-signed certificate in `x5c`."""
        return "mock-idp"

    def access_token_key(self, options: Options) -> str:
        """The name of the key that signs access tokens; an issuer without it signs with the current one."""
        return "current"

    # Requests of clients

    def refuse_request(self, request: IssuerRequest) -> Response | None:
        """The answer to a token request that is refused before it is read."""
        return None

    def refuse_client(self, request: IssuerRequest) -> Response | None:
        """The answer to a token request of a client that is known, refused before its grant."""
        return None

    def refuse_client_beside(self, request: IssuerRequest) -> Response | None:
        """As `refuse_client`, elsewhere: for authorization, devices, revocation and a logout by a refresh token."""
        return None

    def refuse_authorization(self, request: IssuerRequest) -> tuple[str, str] | None:
        """`error` and `error_description` for an authorization request that only this vendor refuses."""
        return None

    def machine_scope_problem(self, word: str) -> ProblemKind | None:
        """What is wrong with one word of the scope of a client_credentials request."""
        return None

    def token_error(self, problem: Problem) -> Response:
        """The answer to a refused request of a client."""
        return standard_response(problem)

    # Tokens

    def token_header(self, options: Options) -> dict[str, Any]:
        """The JOSE header of an access token in the vendor's order; `alg` and `kid` only mark their place."""
        return {"alg": None, "typ": "at+jwt", "kid": None}

    def header_bytes(self, members: Mapping[str, Any]) -> bytes | None:
        """How the header of a token is written, where it is not JSON without white space."""
        return None

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        """The claims of an access token in the vendor's order, permissions where it has them; here as RFC 9068 says."""
        iat, exp = lifetime(context, request.now)
        client_id = request.client_id or self.default_client_id
        subject = client_id if request.kind == "machine" else "user-1"
        claims: Claims = {
            "iss": self.issuer(context),
            "sub": request.subject if request.subject is not None else subject,
            "aud": audience_of(context, request),
            "exp": exp,
            "iat": iat,
            "jti": str(uuid.uuid4()),
            "client_id": client_id,
        }
        words = dict.fromkeys((*request.scope, *request.permissions))
        if words:
            claims["scope"] = " ".join(words)
        return with_permissions(claims, context, request)

    def opaque_token(self, context: IssuerContext, audience: str | None) -> bool:
        """Whether the access token of a user is a text that only the vendor understands. In: the audience asked for."""
        return False

    def origins_claim(self, options: Options) -> str | None:
        """The claim of access tokens that lists the origins of the client."""
        return None

    def token_response(self, context: IssuerContext, token: str, scope: str) -> dict[str, Any]:
        """The body of a successful token response (RFC 6749 section 5.1) with the vendor's own members."""
        granted = {"scope": scope} if scope else {}
        seconds = context.token_lifetime_seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": seconds, **granted}

    def token_headers(self) -> Headers:
        """The headers of a token response."""
        return ("Content-Type", "application/json"), ("Cache-Control", "no-store")

    def machine_response(self, document: dict[str, Any]) -> dict[str, Any]:
        """A token response for a client that has an ID token, as the vendor has its members."""
        return document

    # Users

    def scope_words(self, scope: tuple[str, ...]) -> list[str]:
        """What an access token says of a granted scope."""
        return list(scope)

    def user_response(self, document: dict[str, Any], about: TokenResponseContext) -> dict[str, Any]:
        """A token response for a user, which is one for a client with more members at its end, as the vendor has it."""
        return document

    def refresh_token(self, request: RefreshTokenRequest) -> str:
        """A refresh token; here one that says nothing."""
        return secrets.token_urlsafe(32)


def http_date(unix_seconds: float) -> str:
    """A time as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7)."""
    return formatdate(floor(unix_seconds), usegmt=True)
