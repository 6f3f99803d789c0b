"""The mistakes a configuration can be written with: `DEFECTS`, each as what it changes.

The documents of Tasker themselves put the settings of authentication into `[auth]` here and `[web.auth]` there.
"""

from __future__ import annotations

from dataclasses import replace

from harness.targets.base import ServiceConfig

_TABLES = {"auth-table": "auth", "web-auth-table": "web.auth"}


def auth_table(defect: str, right: str) -> str:
    """The name of the TOML table that the settings of authentication stand in; `right` is where they belong."""
    return _TABLES.get(defect, right)


def audience_setting(defect: str) -> str:
    """The name under which the audience is given."""
    return "jwt_audiance" if defect == "misspelt-audience" else "jwt_audience"


def verification_method(config: ServiceConfig) -> str:
    """The value of the setting that chooses how tokens are verified."""
    return "jwks_url" if config.defect == "unknown-method" else config.verification


def with_wrong_values(config: ServiceConfig) -> ServiceConfig:
    """The configuration with the values that its defect makes wrong."""
    if config.defect == "no-jwks-url":
        return replace(config, jwks_url="")
    if config.defect == "no-algorithms":
        return replace(config, allowed_algorithms=())
    if config.defect == "lower-case-algorithm":
        return replace(config, allowed_algorithms=tuple(name.lower() for name in config.allowed_algorithms))
    return config
