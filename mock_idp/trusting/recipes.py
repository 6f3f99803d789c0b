"""Settings to copy, for each kind of service: the ones that the examples of this project run with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from string import Template

from mock_idp.trusting.tasker import tasker_toml


@dataclass(frozen=True)
class Trust:
    """Whom a service is to trust: where the keys are, whose tokens count, for whom they are, and how they are signed.

    `permissions_claim` is the name of the claim that holds the permissions.
    """

    jwks_uri: str
    issuer: str
    audience: str
    permissions_claim: str
    algorithm: str


@dataclass(frozen=True)
class Recipe:
    """Settings to copy: for what, where they go in a sentence, and the text."""

    name: str
    place: str
    text: str


def recipes(trust: Trust) -> tuple[Recipe, ...]:
    """The settings of each kind of service."""
    return (
        Recipe(
            "Tasker", "The table [web.auth] of a worker or of the orchestration service.", tasker_toml(**asdict(trust))
        ),
        Recipe("Spring Boot", "application.properties of a resource server.", _spring(trust)),
        Recipe("Node", "With jose, in any server.", _filled(_NODE, trust, _javascript)),
        Recipe("Python", "With PyJWT, in any server.", _filled(_PYTHON, trust, repr)),
        Recipe("Go", "With golang-jwt and keyfunc.", _filled(_GO, trust, _go)),
        Recipe("MCP server", "With FastMCP; the audience is the address of the server.", _filled(_MCP, trust, repr)),
    )


_NODE = """\
import { createRemoteJWKSet, jwtVerify } from "jose";

const keys = createRemoteJWKSet(new URL($jwks_uri));

// Throws for a token that is not good; the permissions are in the claim $permissions_claim.
export async function claimsOf(token) {
  const { payload } = await jwtVerify(token, keys, {
    issuer: $issuer,
    audience: $audience,
    algorithms: [$algorithm],
    requiredClaims: ["exp"],
  });
  return payload;
}
"""

_PYTHON = '''\
import jwt

keys = jwt.PyJWKClient($jwks_uri)


def claims_of(token: str) -> dict:
    """Raises jwt.PyJWTError for a token that is not good."""
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token),
        algorithms=[$algorithm],
        issuer=$issuer,
        audience=$audience,
        options={"require": ["exp", "iss", "aud"]},
    )


PERMISSIONS = $permissions_claim  # the claim that holds them
'''

_GO = """\
package main

import (
	"context"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// PermissionsClaim is the claim that holds the permissions.
const PermissionsClaim = $permissions_claim

// Verifier returns a function that gives the claims of a good token.
func Verifier(ctx context.Context) (func(token string) (jwt.MapClaims, error), error) {
	keys, err := keyfunc.NewDefaultCtx(ctx, []string{$jwks_uri})
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{$algorithm}),
		jwt.WithIssuer($issuer),
		jwt.WithAudience($audience),
		jwt.WithExpirationRequired(),
	)
	return func(token string) (jwt.MapClaims, error) {
		claims := jwt.MapClaims{}
		_, err := parser.ParseWithClaims(token, claims, keys.Keyfunc)
		return claims, err
	}, nil
}
"""

_MCP = """\
from fastmcp import FastMCP
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import JWTVerifier
from pydantic import AnyHttpUrl

verifier = JWTVerifier(
    jwks_uri=$jwks_uri,
    issuer=$issuer,
    audience=$audience,
    algorithm=$algorithm,
)
auth = RemoteAuthProvider(
    token_verifier=verifier,
    authorization_servers=[AnyHttpUrl($issuer)],
    base_url="http://localhost:8000",  # the server's own, without /mcp
)
mcp = FastMCP("Notes", auth=auth)
"""


def _filled(text: str, trust: Trust, literal: Callable[[str], str]) -> str:
    """A program with each value as a literal of its language."""
    return Template(text).substitute({name: literal(value) for name, value in asdict(trust).items()})


def _javascript(value: str) -> str:
    return json.dumps(value)


def _go(value: str) -> str:
    # Go takes no half of a surrogate pair, and JSON needs none of them.
    return json.dumps(value, ensure_ascii=False)


def _spring(trust: Trust) -> str:
    prefix = "spring.security.oauth2.resourceserver.jwt"
    lines = {
        "issuer-uri": trust.issuer,
        "jwk-set-uri": trust.jwks_uri,
        "audiences": trust.audience,
        "jws-algorithms": trust.algorithm,
        "authorities-claim-name": trust.permissions_claim,
    }
    return "".join(f"{prefix}.{name}={_property(value)}\n" for name, value in lines.items())


def _property(value: str) -> str:
    """A value in a .properties file, which is read as ISO 8859-1 by some."""
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if escaped.startswith(" "):
        escaped = f"\\{escaped}"
    units = escaped.encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return "".join(chr(code) if 32 <= code < 127 else f"\\u{code:04x}" for code in codes)
