"""What a configuration file of Tasker says about authentication, rightly written or as its defect or pattern has it."""

from __future__ import annotations

from typing import Any

from harness.targets.base import ServiceConfig, SettingValue
from harness.targets.defects import audience_setting, auth_table, verification_method, with_wrong_values
from harness.targets.deployment_patterns import pattern_web
from harness.targets.toml_text import Interpolated


def written_auth(config: ServiceConfig, role: str) -> dict[str, Any]:
    """The tables with the settings of authentication, by their names; `role` is "worker" or "orchestration".

    Of the table `ROLE.web` it has `auth` alone; see `config_endpoint`.
    """
    if not config.pattern:
        auth = with_changes(auth_settings(config), config)
        tables: dict[str, Any] = auth
        for name in reversed(auth_table(config.defect, f"{role}.web.auth").split(".")):
            tables = {name: tables}
        return tables
    web = pattern_web(config)
    auth = with_changes(web["auth"], config)
    if config.pattern_place == "documented":
        return {"web": {**web, "auth": auth}}
    return {role: {"web": {"auth": auth}}}


def config_endpoint(config: ServiceConfig, role: str) -> bool | None:
    """`config_endpoint_enabled` of the table `ROLE.web`; None where that says nothing about it."""
    if not config.pattern:
        return config.config_endpoint
    if config.pattern_place == "documented":
        return None
    enabled: bool | None = pattern_web(config).get("config_endpoint_enabled")
    return enabled


def auth_settings(config: ServiceConfig) -> dict[str, Any]:
    """All settings of authentication, under Tasker's names."""
    wrong = with_wrong_values(config)
    return {
        "enabled": True,
        "jwt_issuer": config.issuer,
        audience_setting(config.defect): config.audience,
        "jwt_token_expiry_hours": 1,
        "jwt_verification_method": verification_method(config),
        "jwks_url": wrong.jwks_url,
        "jwks_url_allow_http": config.allow_http,
        "jwks_refresh_interval_seconds": config.refresh_seconds,
        "jwks_max_stale_seconds": config.max_stale_seconds,
        "jwt_public_key": config.public_key_pem,
        "jwt_private_key": config.decryption_key_pem,
        "jwt_allowed_algorithms": wrong.allowed_algorithms,
        "permissions_claim": config.permissions_claim,
        "strict_validation": config.strict_validation,
        "log_unknown_permissions": True,
        "api_key": "",
        "api_key_header": config.api_key_header,
        "api_keys_enabled": config.api_keys_enabled,
        "api_keys": [
            {"key": entry.key, "permissions": entry.permissions, "description": entry.description}
            for entry in config.api_keys
        ],
    }


def with_changes(auth: dict[str, Any], config: ServiceConfig) -> dict[str, Any]:
    """The settings with `config.auth_settings`: in the place of others, or left out. A text that begins with `${` names
    a variable, for the service to put in.
    """
    changed = {**auth, **{name: _interpolated(value) for name, value in config.auth_settings}}
    return {name: value for name, value in changed.items() if value is not None}


def _interpolated(value: SettingValue) -> SettingValue:
    return Interpolated(value) if isinstance(value, str) and value.startswith("${") else value
