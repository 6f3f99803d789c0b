"""The JSON schemas of clients and users, and of what an issuer says about its flows."""

from __future__ import annotations

from typing import Any

from mock_idp.control.operation import ref
from mock_idp.http11.schema_parts import TEXT, TEXTS, Json, chosen_by, closed
from mock_idp.jose.algorithms import CURVE_NAMES
from mock_idp.jose.json_checks import base64url
from mock_idp.jose.members import OTHERWISE
from mock_idp.settings import CLIENT_AUTH_METHODS, NO_REDIRECT_URI, REDIRECT_URI

_NUMBER: Json = {**base64url.schema, "minLength": 1, "maxLength": 6000}
# RFC 7518 section 6, RFC 8037 section 2; other members of a JWK are of no interest here.
_JWKS: dict[str, Json] = {
    "RSA": {"n": _NUMBER, "e": _NUMBER},
    "EC": {"crv": {"type": "string", "enum": list(CURVE_NAMES.values())}, "x": _NUMBER, "y": _NUMBER},
    "OKP": {
        "crv": {"type": "string", "enum": ["Ed25519"]},
        "x": {**base64url.schema, "minLength": 43, "maxLength": 43},
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
    "redirect_uris": {**_URIS, "description": "Compared character by character; left out: any."},
    "post_logout_redirect_uris": {**_URIS, "description": "Left out: any."},
    "grant_types": {**TEXTS, "description": "Left out: all that the vendor has."},
    "scopes": {**TEXTS, "description": "What it may ask for, and gets when it asks for nothing; left out: any."},
    "audiences": {**TEXTS, "description": "What it may ask tokens for, the usual one first; left out: any."},
    "roles": {**TEXTS, "description": "Permissions that its tokens always have."},
    "claims": {"type": "object", "description": "Claims that are set in its access tokens."},
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


def _needs(name: str, methods: list[str]) -> Json:
    """A client that has none of a thing cannot authenticate in these ways."""
    return {
        "if": {"not": {"properties": {name: {"minItems": 1}}, "required": [name]}},
        "then": {
            "properties": {
                "auth_method": {"not": {"enum": methods}, OTHERWISE: f"A client that authenticates so needs {name}."}
            }
        },
    }


CLIENT_SCHEMAS: dict[str, Any] = {
    "ClientSpec": {
        **closed(_CLIENT, ["id"]),
        "allOf": [
            _needs("keys", ["private_key_jwt"]),
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
        "maxItems": 1000,
        "description": "The clients there are; without any, every client and secret is accepted.",
    },
    "users": {
        "type": "array",
        "items": ref("UserSpec"),
        "maxItems": 1000,
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
    "device_interval_seconds": {"type": "integer", "minimum": 0, "maximum": 3600, "default": 5},
}
