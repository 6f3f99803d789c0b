"""Clients and users of an issuer: what the document says of them and of the settings of flows, and the operations."""

from __future__ import annotations

from typing import Any

from mock_idp.control.client_specs import read_client, read_user, show_client, show_user
from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.errors import conflict, not_found
from mock_idp.http11.schema_parts import TEXT, TEXTS, Json, chosen_by, closed, complete, list_of
from mock_idp.jose.algorithms import CURVE_NAMES
from mock_idp.jose.errors import nearest
from mock_idp.jose.json_checks import base64url
from mock_idp.jose.members import OTHERWISE
from mock_idp.jose.token_changes import CHANGES
from mock_idp.settings import CLIENT_AUTH_METHODS, FETCHED_URL, NO_REDIRECT_URI, REDIRECT_URI

_CLIENTS = "/_mock/issuers/{issuer_id}/clients"
_USERS = "/_mock/issuers/{issuer_id}/users"
MAX_DECLARED = 1000

_NUMBER: Json = {**base64url.schema, "minLength": 1, "maxLength": 6000}
# RFC 7518 section 6, RFC 8037 section 2; other members of a JWK are of no interest here.
_JWKS: dict[str, Json] = {
    "RSA": {"n": _NUMBER, "e": _NUMBER},
    "EC": {"crv": {"type": "string", "enum": list(CURVE_NAMES.values())}, "x": _NUMBER, "y": _NUMBER},
    "OKP": {
        "crv": {"type": "string", "enum": ["Ed25519", "Ed448"]},
        "x": {**base64url.schema, "minLength": 43, "maxLength": 76},
    },
}
PUBLIC_JWK_SCHEMAS: dict[str, Json] = {
    "PublicJwk": {"type": "object", **chosen_by("kty", {kty: ref(f"{kty.capitalize()}Jwk") for kty in _JWKS})},
    **{
        f"{kty.capitalize()}Jwk": {
            "type": "object",
            "properties": {"kty": {"type": "string", "enum": [kty]}, **members},
            "required": ["kty", *members],
        }
        for kty, members in _JWKS.items()
    },
}

# RFC 6749 section 3.1.2; OpenID Connect RP-Initiated Logout section 3.1.
_URIS: Json = {**TEXTS, "items": {**TEXT, "pattern": REDIRECT_URI, OTHERWISE: NO_REDIRECT_URI}}

_NOT_BOTH = "A client has keys or a jwks_uri, and not both."
_CLIENT = {
    "id": {**TEXT, "maxLength": 200},
    "secret": {**TEXT, "description": "What it authenticates with; without secret and keys it is a public client."},
    "auth_method": {
        "type": "string",
        "enum": list(CLIENT_AUTH_METHODS),
        "description": "The one way it may authenticate; left out: any that its secret or keys are good for.",
    },
    "keys": {
        "type": "array",
        "items": ref("PublicJwk"),
        "maxItems": 20,
        "description": "Public JWKs that its assertions are signed with.",
    },
    "jwks_uri": {
        **TEXT,
        "maxLength": 2000,
        "pattern": FETCHED_URL,
        "description": "Where these are, in place of keys: asked when it signs, and again when none of them fits.",
        OTHERWISE: "This must be an http or https URL, without a user and without a fragment.",
    },
    "redirect_uris": {**_URIS, "description": "Compared character by character; left out: any."},
    "post_logout_redirect_uris": {**_URIS, "description": "Left out: any."},
    "grant_types": {**TEXTS, "description": "Left out: all that the vendor has."},
    "scopes": {**TEXTS, "description": "What it may ask for, and gets when it asks for nothing; left out: any."},
    "audiences": {**TEXTS, "description": "What it may ask tokens for, the usual one first; left out: any."},
    "roles": {**TEXTS, "description": "Permissions that its tokens always have."},
    "claims": {"type": "object", "description": "Claims that are set in its access tokens."},
    "token": {**closed(CHANGES), "description": "Changes in its tokens, as in a TokenSpec."},
    "require_pkce": {"type": "boolean", "default": False},
    "web_origins": {
        **TEXTS,
        "description": "The origins of its web pages, which may read the answers to it; * or left out: any.",
    },
}

_USER = {
    "username": {**TEXT, "maxLength": 200},
    "password": {**TEXT, "description": "Left out: any."},
    "subject": {**TEXT, "description": "The sub of tokens; left out: made from the username in the vendor's shape."},
    "claims": {"type": "object", "description": "For ID token and userinfo, by scope, and for the access token."},
    "roles": {**TEXTS, "description": "Permissions that access tokens for this user always have."},
}


def _shown(spec: dict[str, Any], secret: str, name: str) -> dict[str, Any]:
    """A spec as it is shown: without the secret, but whether there is one."""
    members = {key: schema for key, schema in spec.items() if key != secret}
    return closed({**members, f"has_{secret}": {"type": "boolean"}}, [name, f"has_{secret}"])


def _needs(name: str, methods: list[str], or_else: str | None = None) -> Json:
    """A client that has none of a thing, nor what stands for it, cannot authenticate in these ways."""
    has: list[Json] = [{"properties": {name: {"minItems": 1}}, "required": [name]}]
    if or_else is not None:
        has.append({"required": [or_else]})
    wanted = name if or_else is None else f"{name} or {or_else}"
    return {
        "if": {"not": {"anyOf": has}},
        "then": {
            "properties": {
                "auth_method": {"not": {"enum": methods}, OTHERWISE: f"A client that authenticates so needs {wanted}."}
            }
        },
    }


CLIENT_SCHEMAS: dict[str, Any] = {
    "ClientSpec": {
        **closed(_CLIENT, ["id"]),
        "allOf": [
            _needs("keys", ["private_key_jwt"], "jwks_uri"),
            {"dependentSchemas": {"jwks_uri": {"properties": {"keys": {"maxItems": 0, OTHERWISE: _NOT_BOTH}}}}},
            _needs("secret", [method for method in CLIENT_AUTH_METHODS if method.startswith("client_secret_")]),
        ],
    },
    **PUBLIC_JWK_SCHEMAS,
    "Client": _shown(_CLIENT, "secret", "id"),
    "UserSpec": closed(_USER, ["username"]),
    "User": _shown(_USER, "password", "username"),
}

FLOW_SETTINGS: dict[str, Any] = {
    "clients": {
        "type": "array",
        "items": ref("ClientSpec"),
        "maxItems": MAX_DECLARED,
        "description": "The clients there are; without any, every client and secret is accepted.",
    },
    "users": {
        "type": "array",
        "items": ref("UserSpec"),
        "maxItems": MAX_DECLARED,
        "description": "The users there are; without any, every user and password is accepted.",
    },
    "scopes": {**TEXTS, "description": "The scopes there are beside those about users; left out: any."},
    "audiences": {**TEXTS, "description": "The audiences there are; left out: any."},
    "auto_login": {**TEXT, "description": "The user who is logged in without a login page."},
    "refresh": {
        "type": "string",
        "enum": ["rotate", "reissue", "keep"],
        "description": "What using a refresh token does to it; left out: the vendor's habit.",
    },
    "token": {**closed(CHANGES), "description": "Changes in the tokens of its token endpoint, as in a TokenSpec."},
    "device_interval_seconds": {"type": "integer", "minimum": 0, "maximum": 3600, "default": 5},
}


def list_clients(call: Call) -> ControlResponse:
    """The declared clients."""
    return ControlResponse(200, {"clients": [show_client(one) for one in call.issuer.clients.clients.values()]})


def create_client(call: Call) -> ControlResponse:
    """Declare a client, or declare it anew."""
    registry, client = call.issuer.clients, read_client(call.body)
    _check_room(len(registry.clients), client.id in registry.clients, "clients")
    registry.put_client(client)
    return ControlResponse(201, show_client(client))


def delete_client(call: Call) -> ControlResponse:
    """Forget a client."""
    registry, client_id = call.issuer.clients, call.path["client_id"]
    if not registry.remove_client(client_id):
        raise not_found(
            "unknown_client", f"No client {client_id!r} is declared. {nearest(client_id, registry.clients)}"
        )
    return ControlResponse(204)


def list_users(call: Call) -> ControlResponse:
    """The declared users."""
    return ControlResponse(200, {"users": [show_user(one) for one in call.issuer.clients.users.values()]})


def create_user(call: Call) -> ControlResponse:
    """Declare a user, or declare them anew."""
    registry, user = call.issuer.clients, read_user(call.body)
    _check_room(len(registry.users), user.username in registry.users, "users")
    registry.put_user(user)
    return ControlResponse(201, show_user(user))


def delete_user(call: Call) -> ControlResponse:
    """Forget a user."""
    registry, username = call.issuer.clients, call.path["username"]
    if not registry.remove_user(username):
        raise not_found("unknown_user", f"No user {username!r} is declared. {nearest(username, registry.users)}")
    return ControlResponse(204)


def _check_room(declared: int, is_known: bool, what: str) -> None:
    if declared >= MAX_DECLARED and not is_known:
        raise conflict(f"too_many_{what}", f"An issuer holds at most {MAX_DECLARED} {what}; delete some.")


OPERATIONS = (
    Operation(
        "GET",
        _CLIENTS,
        "listClients",
        "The declared clients; while there are none, every client is accepted.",
        list_clients,
        {200: complete({"clients": list_of(ref("Client"))})},
    ),
    Operation(
        "POST",
        _CLIENTS,
        "createClient",
        "Declare a client, or declare it anew; from the first one on, only declared clients are accepted.",
        create_client,
        {201: ref("Client")},
        body=ref("ClientSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _CLIENTS + "/{client_id}", "deleteClient", "Forget a client.", delete_client, {204: None}),
    Operation(
        "GET",
        _USERS,
        "listUsers",
        "The declared users; while there are none, every user is accepted.",
        list_users,
        {200: complete({"users": list_of(ref("User"))})},
    ),
    Operation(
        "POST",
        _USERS,
        "createUser",
        "Declare a user, or declare them anew; from the first one on, only declared users are accepted.",
        create_user,
        {201: ref("User")},
        body=ref("UserSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _USERS + "/{username}", "deleteUser", "Forget a user.", delete_user, {204: None}),
)
