"""Any other provider: paths, header and claim names are options; claims follow RFC 9068.

The defaults are the document Tasker asks of a custom JWKS endpoint: one RSA key with kty, kid, use, alg, n, e.
"""

from __future__ import annotations

from typing import Any, ClassVar

from mock_idp.vendors.base import Options, OptionSchemas, Vendor
from mock_idp.vendors.context import Claims, IssuerContext, TokenRequest


def _path(default: str, about: str) -> dict[str, Any]:
    pattern = "^(/[A-Za-z0-9._~-]+)+$"
    return {"type": "string", "pattern": pattern, "maxLength": 200, "default": default, "description": about}


class Custom(Vendor):
    """A provider nobody has heard of."""

    judged_by_default = True
    inserts_openid = True
    option_schemas: ClassVar[OptionSchemas] = {
        "issuer_path": {
            "type": "string",
            "pattern": "^(/[A-Za-z0-9._~-]+)*/?$",
            "maxLength": 200,
            "default": "",
            "description": "What stands in the issuer after the base URL; may be a slash.",
        },
        "jwks_path": _path("/.well-known/jwks.json", "The path of the JWKS."),
        "discovery_path": {
            **_path("", "The path of the discovery document; null for the one at which the issuer's is looked for."),
            "type": ["string", "null"],
            "default": None,
        },
        "token_path": _path("/oauth2/token", "The path of the token endpoint."),
        "typ": {
            "type": ["string", "null"],
            "maxLength": 100,
            "default": "at+jwt",
            "description": "The header typ of access tokens: at+jwt by RFC 9068 section 2.1; null leaves it out.",
        },
        "scope": {
            "type": "string",
            "enum": ["text", "array"],
            "default": "text",
            "description": "The form of the claim scope in access tokens: one text, or an array as Duende writes it.",
        },
    }

    def issuer(self, context: IssuerContext) -> str:
        return context.base + str(context.options["issuer_path"])

    def jwks_path(self, options: Options) -> str:
        return str(options["jwks_path"])

    def discovery_paths(self, options: Options) -> tuple[str, ...]:
        below = str(options["issuer_path"]).rstrip("/")
        path = options["discovery_path"] or f"{below}/.well-known/openid-configuration"
        return str(path), f"{below}/.well-known/oauth-authorization-server"

    def token_path(self, options: Options) -> str:
        return str(options["token_path"])

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        claims = super().claims(context, request)
        if context.options["scope"] == "array" and "scope" in claims:
            return {**claims, "scope": claims["scope"].split(" ")}
        return claims

    def token_header(self, options: Options) -> dict[str, Any]:
        typ = {} if options["typ"] is None else {"typ": options["typ"]}
        return {"alg": None, **typ, "kid": None}
