"""Entra ID's discovery documents: that of the v2.0 endpoints, and the older one without a version in its path."""

from __future__ import annotations

from typing import Any

CLIENT_AUTHENTICATION = ("client_secret_post", "private_key_jwt", "client_secret_basic")
_CLAIMS = (
    *("sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host", "aud"),
    *("exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash"),
)


def v2_document(base: str, tenant: str, issuer: str, region: str | None) -> dict[str, Any]:
    """The document at `/{tenant}/v2.0/.well-known/openid-configuration`, as recorded.

    In: the base URL, the tenant as the path names it, the issuer it announces, and the tenant's region or None.
    Userinfo is on another host at the vendor's; here everything is below the base URL.
    """
    tenant_url = f"{base}/{tenant}"
    oauth2 = f"{tenant_url}/oauth2/v2.0"
    return {
        "token_endpoint": f"{oauth2}/token",
        "token_endpoint_auth_methods_supported": list(CLIENT_AUTHENTICATION),
        "jwks_uri": f"{tenant_url}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{base}/oidc/userinfo",
        "authorization_endpoint": f"{oauth2}/authorize",
        "device_authorization_endpoint": f"{oauth2}/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{oauth2}/logout",
        "claims_supported": [*_CLAIMS, "email"],
        "kerberos_endpoint": f"{tenant_url}/kerberos",
        **_cloud(region),
    }


def v1_document(base: str, tenant: str, issuer: str, region: str | None) -> dict[str, Any]:
    """The document at `/{tenant}/.well-known/openid-configuration`. No recording of it is at hand."""
    tenant_url = f"{base}/{tenant}"
    oauth2 = f"{tenant_url}/oauth2"
    return {
        "token_endpoint": f"{oauth2}/token",
        "token_endpoint_auth_methods_supported": list(CLIENT_AUTHENTICATION),
        "jwks_uri": f"{tenant_url}/discovery/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
        "scopes_supported": ["openid"],
        "issuer": issuer,
        "microsoft_multi_refresh_token": True,
        "authorization_endpoint": f"{oauth2}/authorize",
        "device_authorization_endpoint": f"{oauth2}/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{oauth2}/logout",
        "claims_supported": list(_CLAIMS),
        "check_session_iframe": f"{oauth2}/checksession",
        "userinfo_endpoint": f"{base}/{tenant}/openid/userinfo",
        "kerberos_endpoint": f"{tenant_url}/kerberos",
        **_cloud(region),
    }


def _cloud(region: str | None) -> dict[str, Any]:
    return {
        "tenant_region_scope": region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }
