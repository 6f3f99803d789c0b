"""Keycloak's refresh tokens: JWTs signed with HS512, whose key only the realm has and no JWKS.

Sources: RefreshToken and TokenManager of keycloak/keycloak; answers of a live 26.7.1 server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Headers
from mock_idp.vendors.context import RefreshTokenRequest
from mock_idp.vendors.keycloak.claims import random_id
from mock_idp.vendors.keycloak.headers import SECURITY_HEADERS

# The scopes that each client of a fresh realm has.
_DEFAULT_SCOPES = ("acr", "basic", "email", "profile", "roles", "web-origins")
LOGGED_OUT: Headers = (
    ("Cache-Control", "no-cache"),
    ("Content-Security-Policy", "frame-src 'self'; frame-ancestors 'self'; object-src 'none';"),
    *SECURITY_HEADERS,
)
"""The headers of a logout without a browser."""


def header_bytes(members: Mapping[str, Any]) -> bytes:
    """A header as its JWSHeader writes it, with blanks in all members but the algorithm."""
    from mock_idp.jose.encoding import compact_json

    shown = (
        compact_json(name) + (b":" if name == "alg" else b" : ") + compact_json(value)
        for name, value in members.items()
    )
    return b"{" + b",".join(shown) + b"}"


def refresh_token(request: RefreshTokenRequest) -> str:
    """A token of the type Refresh, or Offline, which says no end: its session idles out."""
    # The first refresh token needs them, and keys are served without.
    from mock_idp.jose.algorithms import ALGORITHMS
    from mock_idp.jose.encoding import compact_json
    from mock_idp.jose.jws import compact, signing_input
    from mock_idp.jose.signing import hmac_sign

    exp = {} if request.offline else {"exp": request.until}
    claims = {
        **exp,
        "iat": request.issued_at,
        "jti": random_id(),
        "iss": request.issuer,
        "aud": request.issuer,
        "sub": request.subject,
        "typ": "Offline" if request.offline else "Refresh",
        "azp": request.client_id,
        "sid": request.session_id,
        "scope": " ".join(dict.fromkeys((*request.scope, *_DEFAULT_SCOPES))),
    }
    header = header_bytes({"alg": "HS512", "typ": "JWT", "kid": request.secret_kid})
    payload = compact_json(claims)
    signature = hmac_sign(request.secret, ALGORITHMS["HS512"], signing_input(header, payload))
    return compact(header, payload, signature)
