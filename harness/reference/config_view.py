"""What GET /config shows: the runtime configuration without its secrets."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from harness.reference.settings import ReferenceSettings

REDACTED = "***REDACTED***"


def config_view(settings: ReferenceSettings) -> dict[str, Any]:
    """The settings as JSON. API keys, PEM texts and the user information of a URL are left out.

    It is a list of what may be shown, not of what must be hidden: a new setting stays private until it is
    named here.
    """
    return {
        "service": settings.service,
        "web": {
            "config_endpoint_enabled": settings.config_endpoint_enabled,
            "auth": {
                "enabled": settings.enabled,
                "jwt_issuer": settings.jwt_issuer,
                "jwt_audience": settings.jwt_audience,
                "jwt_verification_method": settings.verification_method,
                "jwt_allowed_algorithms": list(settings.jwt_allowed_algorithms),
                "jwt_public_key": REDACTED if settings.public_key_pem else "",
                "jwks_url": without_user_information(settings.jwks_url),
                "jwks_refresh_interval_seconds": settings.jwks_refresh_interval_seconds,
                "jwks_max_stale_seconds": settings.jwks_max_stale_seconds,
                "permissions_claim": settings.permissions_claim,
                "strict_validation": settings.strict_validation,
                "log_unknown_permissions": settings.log_unknown_permissions,
                "api_key_header": settings.api_key_header,
                "api_keys_enabled": settings.api_keys_enabled,
                "api_keys": [
                    {
                        "key": REDACTED,
                        "permissions": list(entry.permissions),
                        "description": entry.description,
                    }
                    for entry in settings.api_keys
                ],
            },
        },
    }


def without_user_information(url: str) -> str:
    """`url` without `user:password@` (RFC 3986 §3.2.1)."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
