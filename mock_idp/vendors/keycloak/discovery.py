"""The discovery document of Keycloak 26: 56 members in the order a live server answered them.

Only members whose endpoints the mock serves work; the rest is there because clients parse the whole document.
"""

from __future__ import annotations

from typing import Any

_ASYMMETRIC = ["PS384", "RS384", "EdDSA", "ES384", "ES256", "RS256", "ES512", "PS256", "PS512", "RS512"]
_SIGNING = [
    *("PS384", "RS384", "EdDSA", "ES384", "HS256", "HS512", "ES256"),
    *("RS256", "HS384", "ES512", "PS256", "PS512", "RS512"),
]
_KEY_ENCRYPTION = [
    *("ECDH-ES+A256KW", "ECDH-ES+A192KW", "ECDH-ES+A128KW", "RSA-OAEP", "RSA-OAEP-256", "RSA1_5", "ECDH-ES"),
]
_CONTENT_ENCRYPTION = [
    *("A256GCM", "A192GCM", "A128GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"),
]
_CLIENT_AUTHENTICATION = [
    *("private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth", "client_secret_jwt"),
]


def document(issuer: str) -> dict[str, Any]:
    """The document of a realm. In: the issuer URL of the realm, without a slash at the end."""
    connect = f"{issuer}/protocol/openid-connect"
    registration = f"{issuer}/clients-registrations/openid-connect"
    back_channel = f"{connect}/ext/ciba/auth"
    pushed = f"{connect}/ext/par/request"
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{connect}/auth",
        "token_endpoint": f"{connect}/token",
        "introspection_endpoint": f"{connect}/token/introspect",
        "userinfo_endpoint": f"{connect}/userinfo",
        "end_session_endpoint": f"{connect}/logout",
        "frontchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "jwks_uri": f"{connect}/certs",
        "check_session_iframe": f"{connect}/login-status-iframe.html",
        "grant_types_supported": [
            *("authorization_code", "client_credentials", "implicit", "password", "refresh_token"),
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:ietf:params:oauth:grant-type:uma-ticket",
            "urn:openid:params:grant-type:ciba",
        ],
        "acr_values_supported": ["0", "1"],
        "response_types_supported": [
            *("code", "none", "id_token", "token", "id_token token", "code id_token", "code token"),
            "code id_token token",
        ],
        "subject_types_supported": ["public", "pairwise"],
        "prompt_values_supported": ["none", "login", "consent"],
        "id_token_signing_alg_values_supported": _SIGNING,
        "id_token_encryption_alg_values_supported": _KEY_ENCRYPTION,
        "id_token_encryption_enc_values_supported": _CONTENT_ENCRYPTION,
        "userinfo_signing_alg_values_supported": [*_SIGNING, "none"],
        "userinfo_encryption_alg_values_supported": _KEY_ENCRYPTION,
        "userinfo_encryption_enc_values_supported": _CONTENT_ENCRYPTION,
        "request_object_signing_alg_values_supported": [*_SIGNING, "none"],
        "request_object_encryption_alg_values_supported": _KEY_ENCRYPTION,
        "request_object_encryption_enc_values_supported": _CONTENT_ENCRYPTION,
        "response_modes_supported": [
            *("query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt"),
        ],
        "registration_endpoint": registration,
        "token_endpoint_auth_methods_supported": _CLIENT_AUTHENTICATION,
        "token_endpoint_auth_signing_alg_values_supported": _SIGNING,
        "introspection_endpoint_auth_methods_supported": _CLIENT_AUTHENTICATION,
        "introspection_endpoint_auth_signing_alg_values_supported": _SIGNING,
        "authorization_signing_alg_values_supported": _SIGNING,
        "authorization_encryption_alg_values_supported": _KEY_ENCRYPTION,
        "authorization_encryption_enc_values_supported": _CONTENT_ENCRYPTION,
        "claims_supported": [
            *("iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name", "family_name"),
            *("preferred_username", "email", "acr", "azp", "nonce"),
        ],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": True,
        "scopes_supported": [
            *("openid", "acr", "address", "basic", "email", "microprofile-jwt", "offline_access"),
            *("organization", "phone", "profile", "roles", "service_account", "web-origins"),
        ],
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "code_challenge_methods_supported": ["plain", "S256"],
        "tls_client_certificate_bound_access_tokens": True,
        "dpop_signing_alg_values_supported": _ASYMMETRIC,
        "revocation_endpoint": f"{connect}/revoke",
        "revocation_endpoint_auth_methods_supported": _CLIENT_AUTHENTICATION,
        "revocation_endpoint_auth_signing_alg_values_supported": _SIGNING,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "device_authorization_endpoint": f"{connect}/auth/device",
        "backchannel_token_delivery_modes_supported": ["poll", "ping"],
        "backchannel_authentication_endpoint": back_channel,
        "backchannel_authentication_request_signing_alg_values_supported": _ASYMMETRIC,
        "require_pushed_authorization_requests": False,
        "pushed_authorization_request_endpoint": pushed,
        "mtls_endpoint_aliases": {
            "token_endpoint": f"{connect}/token",
            "revocation_endpoint": f"{connect}/revoke",
            "introspection_endpoint": f"{connect}/token/introspect",
            "device_authorization_endpoint": f"{connect}/auth/device",
            "registration_endpoint": registration,
            "userinfo_endpoint": f"{connect}/userinfo",
            "pushed_authorization_request_endpoint": pushed,
            "backchannel_authentication_endpoint": back_channel,
        },
        "authorization_response_iss_parameter_supported": True,
    }
