"""The discovery document of an Auth0 tenant, at its OIDC path and at that of RFC 8414.

Only members whose endpoints the mock serves work; the rest is there because clients parse the whole document.
"""

from __future__ import annotations

from typing import Any


def document(base: str) -> dict[str, Any]:
    """The document of a tenant. In: the base URL of the tenant, without a slash at the end."""
    return {
        "issuer": f"{base}/",
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "device_authorization_endpoint": f"{base}/oauth/device/code",
        "userinfo_endpoint": f"{base}/userinfo",
        "mfa_challenge_endpoint": f"{base}/mfa/challenge",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "registration_endpoint": f"{base}/oidc/register",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "scopes_supported": [
            *("openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname"),
            *("email", "email_verified", "picture", "created_at", "identities", "phone", "address"),
        ],
        "response_types_supported": [
            *("code", "token", "id_token", "code token", "code id_token"),
            *("token id_token", "code token id_token"),
        ],
        "code_challenge_methods_supported": ["S256", "plain"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": [
            *("client_secret_basic", "client_secret_post", "private_key_jwt"),
        ],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
        "claims_supported": [
            *("aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name"),
            *("iat", "identities", "iss", "name", "nickname", "phone_number", "picture", "sub"),
        ],
        "request_uri_parameter_supported": False,
        "request_parameter_supported": False,
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
        "end_session_endpoint": f"{base}/oidc/logout",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "global_token_revocation_endpoint": f"{base}/oauth/global-token-revocation/connection/{{connectionName}}",
        "global_token_revocation_endpoint_auth_methods_supported": ["global-token-revocation+jwt"],
        "dpop_signing_alg_values_supported": ["ES256"],
    }
