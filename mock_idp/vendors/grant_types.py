"""The grant types that have a URI for a name, and all that the specifications know."""

from __future__ import annotations

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_JAG = "urn:ietf:params:oauth:token-type:id-jag"
"""The type of the token that is exchanged for at an identity provider and shown elsewhere with JWT_BEARER."""
PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"
ALL_GRANTS = (
    *("client_credentials", "authorization_code", "refresh_token", "password"),
    *(DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE),
)
