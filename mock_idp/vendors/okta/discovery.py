"""The discovery document of an Okta authorization server.

Only members whose endpoints the mock serves work; the rest is there because clients parse the whole document.
"""

from __future__ import annotations

from typing import Any

_CLIENT_AUTHENTICATION = (
    *("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
)


def document(base: str, issuer: str, below: str, algorithm: str, groups: tuple[str, ...] = ()) -> dict[str, Any]:
    """The document of one authorization server.

    In: the base URL of the domain, the issuer, the URL below which the endpoints stand, and scopes of its own.
    """
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{below}/v1/authorize",
        "token_endpoint": f"{below}/v1/token",
        "userinfo_endpoint": f"{below}/v1/userinfo",
        "registration_endpoint": f"{base}/oauth2/v1/clients",
        "jwks_uri": f"{below}/v1/keys",
        "response_types_supported": [
            *("code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"),
        ],
        "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
        "grant_types_supported": [
            *("authorization_code", "implicit", "refresh_token", "password"),
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [algorithm],
        "scopes_supported": [
            *("openid", "profile", "email", "address", "phone", "offline_access", "device_sso"),
            *groups,
        ],
        "token_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
        "claims_supported": [
            *("iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name"),
            *("nickname", "preferred_username", "given_name", "middle_name", "family_name", "email"),
            *("email_verified", "profile", "zoneinfo", "locale", "address", "phone_number", "picture"),
            *("website", "gender", "birthdate", "updated_at", "at_hash", "c_hash"),
        ],
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": f"{below}/v1/introspect",
        "introspection_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
        "revocation_endpoint": f"{below}/v1/revoke",
        "revocation_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
        "end_session_endpoint": f"{below}/v1/logout",
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": [
            *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"),
        ],
        "device_authorization_endpoint": f"{below}/v1/device/authorize",
    }
