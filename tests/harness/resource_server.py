"""Correct resource servers in many dialects: where the credential and the permissions are, and how they say no."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from small_service import Answer, Behaviour, Call

from harness.idp.client import IssuerClient

NEEDED = {"GET": "things.list", "POST": "things.create"}
LEEWAY_SECONDS = 60
LONGEST_TOKEN = 16_384


def bearer(call: Call) -> str | None:
    """The token of RFC 6750 §2.1; None without one. Two of these headers are one too many."""
    values = call.headers.get_all("Authorization") or []
    scheme, _, token = values[0].partition(" ") if values else ("", "", "")
    if scheme.lower() != "bearer":
        return None
    return token.strip(" ") if len(values) == 1 else ""


def header(name: str, prefix: str = "") -> Callable[[Call], str | None]:
    """The token alone in a header of its own, behind a prefix."""

    def token(call: Call) -> str | None:
        value = call.headers.get(name)
        return None if value is None or not value.startswith(prefix) else value.removeprefix(prefix)

    return token


def cookie(name: str) -> Callable[[Call], str | None]:
    """The token in a cookie."""

    def token(call: Call) -> str | None:
        cookies = [one.strip(" ").partition("=") for one in (call.headers.get("Cookie") or "").split(";")]
        return next((value for key, _, value in cookies if key == name), None)

    return token


def query(name: str) -> Callable[[Call], str | None]:
    """The token in the query of the URL."""
    return lambda call: next(iter(parse_qs(urlsplit(call.path).query).get(name, [])), None)


def with_errors(why: str) -> Answer:
    """Says no as GraphQL does: the status is one of success."""
    return Answer(200, json.dumps({"data": None, "errors": [{"message": why}]}))


def scope(claims: Mapping[str, Any]) -> Collection[str]:
    """The claim of RFC 9068 §2.2.3: one text, with blanks between its words."""
    value = claims.get("scope")
    return value.split(" ") if isinstance(value, str) else ()


def roles(*path: str) -> Callable[[Mapping[str, Any]], Collection[str]]:
    """The array at the end of the path; anything else grants nothing."""

    def granted(claims: Mapping[str, Any]) -> Collection[str]:
        value: Any = claims
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else ()

    return granted


def keys(claims: Mapping[str, Any]) -> Collection[str]:
    """The keys of an object in the claim roles."""
    value = claims.get("roles")
    return value if isinstance(value, dict) else ()


CHALLENGES = {"missing": "Bearer", "bad": 'Bearer error="invalid_token"', "denied": 'Bearer error="insufficient_scope"'}


def refuses(missing: int = 401, bad: int = 401, denied: int = 403) -> Callable[[str], Answer]:
    """Says no with these statuses and a challenge."""
    statuses = {"missing": missing, "bad": bad, "denied": denied}
    return lambda why: Answer(statuses[why], "{}", (("WWW-Authenticate", CHALLENGES[why]),))


@dataclass(frozen=True)
class Dialect:
    """How a service speaks. `permissions` None: a valid token is enough."""

    credential: Callable[[Call], str | None] = bearer
    permissions: Callable[[Mapping[str, Any]], Collection[str]] | None = scope
    refuse: Callable[[str], Answer] = field(default_factory=refuses)
    needed: Callable[[Call], str] = lambda call: NEEDED.get(call.method, NEEDED["GET"])
    success: Callable[[Call], int] = lambda call: 200 if call.method == "GET" else 201


def resource_server(issuer: IssuerClient, dialect: Dialect) -> Behaviour:
    """A service that trusts the issuer and decides about each request by PyJWT."""
    keys: dict[str, jwt.PyJWK] = {}

    def key_of(token: str) -> jwt.PyJWK:
        kid = jwt.get_unverified_header(token).get("kid")
        if kid not in keys:
            entries = requests.get(issuer.jwks_uri, timeout=5).json()["keys"]
            keys.update({one["kid"]: jwt.PyJWK(one, "RS256") for one in entries if one["kty"] == "RSA"})
        if kid not in keys:
            raise jwt.InvalidTokenError("no key has this kid")
        return keys[kid]

    def claims_of(token: str) -> dict[str, Any]:
        """What PyJWT reads, but for padding, other encodings than UTF-8, and times that are no numbers."""
        if len(token) > LONGEST_TOKEN:
            raise ValueError("a token of that length is none of ours")
        if "=" in token:
            raise ValueError("base64url in a JWS has no padding")
        for part in token.split(".")[:2]:
            json.loads(base64.urlsafe_b64decode(part + "==").decode("utf-8"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key_of(token),
            algorithms=["RS256"],
            issuer=issuer.issuer,
            audience=issuer.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        if not claims["sub"] or any(type(claims.get(name, 0)) not in (int, float) for name in ("exp", "nbf", "iat")):
            raise ValueError("a claim of another type")
        return claims

    def behave(call: Call) -> Answer:
        token = dialect.credential(call)
        if token is None:
            return dialect.refuse("missing")
        try:
            claims = claims_of(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return dialect.refuse("bad")
        if dialect.permissions is not None and dialect.needed(call) not in dialect.permissions(claims):
            return dialect.refuse("denied")
        return Answer(dialect.success(call), '{"data":{"things":[]}}')

    return behave
