"""Entra ID's endpoints without a version in their path: `resource` instead of a scope, numbers as text.

Which version an access token has is not theirs to say: the manifest of the API does. Sources: Microsoft's "Azure AD
v1.0 endpoint" pages (authorization code, client credentials, device code); reports of users, cited in the page.
"""

from __future__ import annotations

import json
from typing import Any

from mock_idp.jose.encoding import b64url_decode
from mock_idp.vendors.context import Claims, IssuerContext

DIRECTORY = "00000002-0000-0000-c000-000000000000"
"""The audience of tokens for which no resource was named: the directory's own API, Azure AD Graph."""
_V2_HOST, _V1_HOST = "https://login.microsoftonline.com", "https://sts.windows.net"


def is_v1(context: IssuerContext) -> bool:
    """Whether the request at hand came to an endpoint of version 1.0."""
    return "/oauth2/" in context.path and "/oauth2/v2.0/" not in context.path


def v1_issuer(base: str, tenant: str) -> str:
    """The issuer of version 1.0, which is on a host of its own where the base URL is the vendor's host."""
    return f"{_V1_HOST if base == _V2_HOST else base}/{tenant}/"


def token_response(token: str, seconds: int) -> dict[str, Any]:
    """The members of a token response. In: the access token and the seconds it is good for."""
    claims = json.loads(b64url_decode(token.split(".")[1]))
    return {
        "token_type": "Bearer",
        "expires_in": str(seconds),
        "ext_expires_in": str(seconds),
        "expires_on": str(claims.get("exp")),
        "not_before": str(claims.get("nbf")),
        "resource": claims.get("aud"),
        "access_token": token,
    }


def id_token_names(username: str) -> Claims:
    """What a user is called in ID tokens of version 1.0."""
    return {"unique_name": username, "upn": username}


def device_response(document: dict[str, Any], context: IssuerContext) -> dict[str, Any]:
    """What a device is told: a sentence for the user, no complete URI, and at v1.0 another name and numbers as text."""
    page = document["verification_uri"]
    code = document["user_code"]
    message = f"To sign in, use a web browser to open the page {page} and enter the code {code} to authenticate."
    told = {name: value for name, value in document.items() if name != "verification_uri_complete"}
    if is_v1(context):
        told = {"verification_url" if name == "verification_uri" else name: str(value) for name, value in told.items()}
    return {**told, "message": message}
