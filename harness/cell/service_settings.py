"""What a service is started with: from a scenario's config table to the target's `ServiceConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from harness.declared.profile import Profile
from harness.grammar.model import Table
from harness.targets.base import ApiKey, ServiceConfig, SettingValue

if TYPE_CHECKING:
    from harness.cell.session import Session

# A text that came out empty, and patterns that are none where a bare star is the one that there is.
NEARLY_STARS: Final = ("", "**", "*:*", ".*", "*:")
# Longer than the 72 bytes that bcrypt reads, and than the 64 of a block of SHA-256.
LONG_END: Final = "-0123456789abcdef" * 6


def service_config(session: Session, config: Table) -> ServiceConfig:
    """The settings for the session's issuer that `config` asks for."""
    profile, issuer = session.profile, session.issuer
    keys, enabled = session.api_keys(), True
    if config.get("api_keys") == "none":
        keys, enabled = {}, False
    entries = tuple(_other_permissions(keys, config.get("api_keys", "")).values())
    if config.get("api_keys") == "with-empty":
        entries += (ApiKey("", keys["full"].permissions, "an empty key"),)
    static = config.get("verification") == "public_key"
    discovery = config.get("discovery", False)
    second = session.issuer_named("second") if config.get("second_issuer") else None
    return ServiceConfig(
        issuer=issuer.issuer,
        jwks_url="" if discovery else config.get("jwks_url", issuer.jwks_uri),
        discovery_url=str(issuer.description["discovery_url"]) if discovery else "",
        second_issuer=second.issuer if second else "",
        second_jwks_url=second.jwks_uri if second else "",
        audience=issuer.audience,
        permissions_claim=".".join(session.permissions_place.path),
        strict_validation=config.get("strict_validation", False),
        allowed_algorithms=session.algorithms,
        verification="public_key" if static else "jwks",
        public_key_pem=issuer.public_pem(session.first_kid) if static else "",
        refresh_seconds=(
            profile.refresh_seconds if config.get("refresh") == "short" else profile.longest_refresh_seconds
        ),
        max_stale_seconds=config.get("max_stale_seconds", profile.max_stale_seconds),
        api_keys=entries,
        api_keys_enabled=enabled,
        api_key_header=config.get("api_key_header", "X-API-Key"),
        config_endpoint=config.get("config_endpoint", True),
        allow_http=config.get("allow_http", True),
        guard_private_hosts=config.get("guard_private_hosts", False),
        defect=config.get("defect", ""),
        pattern=config.get("pattern", ""),
        pattern_place=config.get("pattern_place", "documented"),
        public_key_path=session.key_files.path("first") if config.get("pattern") else "",
        auth_settings=_auth_settings(config),
        overlay_settings=_settings(config.get("overlay_settings", {})),
        overlay_of=config.get("overlay_of", "service"),
        variables=tuple(config.get("variables", {}).items()),
        grpc=config.get("grpc", False),
        grpc_tls=config.get("grpc_tls", False),
        decryption_key_pem=issuer.private_pem(session.first_kid) if config.get("decryption_key") else "",
        idp_address=urlsplit(session.environment.idp.url).netloc,
        tls_address=session.tls.address if session.tls else "",
        ca_file=session.tls.ca_file if session.tls else "",
    )


def _auth_settings(config: Table) -> tuple[tuple[str, SettingValue], ...]:
    """The settings by their documented names, those that are left out as None."""
    said = _settings(config.get("auth_settings", {}))
    return tuple({**dict(said), **dict.fromkeys(config.get("auth_without", ()))}.items())


def _settings(said: Table) -> tuple[tuple[str, SettingValue], ...]:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in said.items())


def _other_permissions(keys: dict[str, ApiKey], word: str) -> dict[str, ApiKey]:
    """The keys as the setting wants them: `full` with a bare star, or `none` with what resembles one."""
    if word == "star":
        return {**keys, "full": replace(keys["full"], permissions=("*",))}
    if word == "nearly-star":
        return {**keys, "none": replace(keys["none"], permissions=NEARLY_STARS)}
    return keys


def long_api_keys(keys: dict[str, ApiKey]) -> dict[str, ApiKey]:
    """The same keys, each with a hundred characters more."""
    return {name: replace(key, key=key.key + LONG_END) for name, key in keys.items()}


def standard_api_keys(profile: Profile) -> dict[str, ApiKey]:
    """The API keys that scenarios name: `full` has every permission, `read` one, `none` no permission."""
    if profile.api_keys:
        return {name: ApiKey(key["key"], tuple(key["permissions"]), name) for name, key in profile.api_keys.items()}
    everything = tuple(dict.fromkeys(p.partition(":")[0] + ":*" for p in profile.permissions))
    return {
        "full": ApiKey("sk-full-5f1c7b0e9a", everything, "full"),
        "read": ApiKey("sk-read-8d2e4a6c1b", (profile.routes["read"].permission,), "read"),
        "none": ApiKey("sk-none-3b9d5f7a2c", (), "none"),
    }
