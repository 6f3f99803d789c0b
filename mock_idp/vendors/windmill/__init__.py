"""Windmill's external JWTs: nobody's identity provider, but a back end of one's own that signs what Windmill asks for.

Source: Windmill, External auth with JWT: seven claims and no others of RFC 7519 but `iat` and `exp`, RS256, kid. Header
and order are those of fast-jwt, with which that page's example signs. The prefix `jwt_ext_` is the caller's to add.
"""

from __future__ import annotations

from typing import Any, ClassVar

from mock_idp.vendors.base import Options, OptionSchemas, Vendor
from mock_idp.vendors.context import Claims, IssuerContext, TokenRequest, audience_of, lifetime, with_permissions


def _text(default: str, about: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 200, "default": default, "description": about}


class Windmill(Vendor):
    """A back end that says itself what its users may do in Windmill."""

    option_schemas: ClassVar[OptionSchemas] = {
        "workspace_id": _text("ws1", "The workspace_id of tokens."),
        "folder": _text("f1", "The one folder of tokens: it may be written to and is not owned."),
        "group": _text("all", "The one group of tokens."),
        "email_domain": _text("example.com", "What stands behind the @ in the email of tokens."),
    }
    default_client_id = "user-1"

    def token_header(self, options: Options) -> dict[str, Any]:
        return {"alg": None, "typ": "JWT", "kid": None}

    def claims(self, context: IssuerContext, request: TokenRequest) -> Claims:
        iat, exp = lifetime(context, request.now)
        options = context.options
        username = request.subject or request.client_id or self.default_client_id
        claims: Claims = {
            "username": username,
            "email": username if "@" in username else f"{username}@{options['email_domain']}",
            "is_admin": False,
            "is_operator": False,
            "folders": [[options["folder"], True, False]],
            "groups": [options["group"]],
            "workspace_id": options["workspace_id"],
            "iat": iat,
            "exp": exp,
        }
        # Windmill knows neither of these claims; whoever asks for them gets them all the same.
        if request.audience is not None:
            claims["aud"] = audience_of(context, request)
        if request.permissions:
            claims = with_permissions(claims, context, request)
        return claims
