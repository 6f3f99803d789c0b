"""The settings of a reference service, as the table that its settings file holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.targets.base import ServiceConfig
from harness.targets.defects import audience_setting, auth_table, verification_method, with_wrong_values
from harness.targets.deployment_patterns import pattern_web
from harness.targets.overlays import place_of_overlay
from harness.targets.written_auth import auth_settings, with_changes

_FIELDS = {
    "jwt_issuer": "issuer",
    "jwks_url": "jwks_url",
    "jwks_url_allow_http": "allow_http",
    "public_key_pem": "public_key_pem",
    "jwt_allowed_algorithms": "allowed_algorithms",
    "jwks_refresh_interval_seconds": "refresh_seconds",
    "jwks_max_stale_seconds": "max_stale_seconds",
    "discovery_url": "discovery_url",
    "second_issuer": "second_issuer",
    "second_jwks_url": "second_jwks_url",
    "ca_file": "ca_file",
    "guard_private_hosts": "guard_private_hosts",
    "decryption_key_pem": "decryption_key_pem",
    "permissions_claim": "permissions_claim",
    "strict_validation": "strict_validation",
    "api_keys_enabled": "api_keys_enabled",
    "api_key_header": "api_key_header",
    "config_endpoint_enabled": "config_endpoint",
    "grpc_enabled": "grpc",
}


def settings_table(service: str, config: ServiceConfig, more: Mapping[str, Any]) -> dict[str, Any]:
    """The table: `service`, what `config` says with its defect, and the settings in `more` by their own names.

    A defect that puts the settings into a table where they do not belong makes it a table in the table. A pattern, and
    settings by their documented names, stand in the documented tables, which are those that the reference reads.
    """
    if config.pattern or config.auth_settings or config.overlay_settings:
        return {"service": service, "web": _documented_web(config), **more}
    wrong = with_wrong_values(config)
    settings = {setting: getattr(wrong, name) for setting, name in _FIELDS.items()}
    settings |= {audience_setting(config.defect): config.audience, "verification_method": verification_method(config)}
    settings["api_keys"] = [
        {"key": entry.key, "permissions": entry.permissions, "description": entry.description}
        for entry in config.api_keys
    ]
    for name in reversed(auth_table(config.defect, "").split(".")):
        settings = {name: settings} if name else settings
    return {"service": service, **settings, **more}


def overlay_of(service: str, config: ServiceConfig) -> tuple[str, str, dict[str, Any]]:
    """The environment and the role of the overlay, and its table."""
    return *place_of_overlay(config, service), {"web": {"auth": dict(config.overlay_settings)}}


def _documented_web(config: ServiceConfig) -> dict[str, Any]:
    """The table `web` with `auth` in it. The documents have no `api_key`."""
    if config.pattern:
        web = pattern_web(config)
        web["auth"].pop("api_key", None)
        return {**web, "auth": with_changes(web["auth"], config)}
    auth = auth_settings(config)
    del auth["api_key"]
    return {"config_endpoint_enabled": config.config_endpoint, "auth": with_changes(auth, config)}
