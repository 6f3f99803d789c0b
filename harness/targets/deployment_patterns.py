"""The configurations that Tasker's documents print, for a service of this run: `PATTERNS`, in `PATTERN_PLACES`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from harness.targets.base import ServiceConfig

_FILE = Path(__file__).with_name("deployment_patterns.toml")
# What the service asks for and no pattern has, with values that choose nothing.
_NEEDED: Mapping[str, Any] = {
    "jwt_issuer": "tasker-core",
    "jwt_audience": "tasker-api",
    "jwt_token_expiry_hours": 24,
    "jwt_private_key": "",
    "jwt_public_key": "",
    "api_key": "",
    "api_key_header": "X-API-Key",
}


def pattern_web(config: ServiceConfig) -> dict[str, Any]:
    """The table `web` of the pattern, `auth` in it, with what only this run can know in place of the page's examples.

    That is the issuer, the address of the keys (and that it may be http), and where the file with the public key is.
    With `pattern_place` "completed" the keys that the service needs beside the printed ones are there too, and
    `config.auth_settings` has the last word.
    """
    web = dict(_patterns()[config.pattern]["web"])
    auth = dict(web["auth"])
    for name, value in _of_this_run(config).items():
        if name in auth:
            auth[name] = value
    if "jwks_url" in auth:
        auth["jwks_url_allow_http"] = config.allow_http
    if config.pattern_place == "completed":
        auth = {**_NEEDED, **auth}
    return {**web, "auth": auth}


def _of_this_run(config: ServiceConfig) -> dict[str, Any]:
    return {
        "jwt_issuer": config.issuer,
        "jwt_audience": config.audience,
        "jwks_url": config.jwks_url,
        "jwt_public_key_path": config.public_key_path,
    }


@cache
def _patterns() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
