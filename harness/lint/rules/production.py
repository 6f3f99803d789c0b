"""The hardening checklist: what a service in production should have otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lint.finding import ERROR, WARNING, Found, rule
from harness.lint.names import dotted
from harness.lint.reading import Reading

_CHECKLIST = "Configuration Reference, Security Hardening Checklist"


@rule(
    severity=ERROR, source=f"{_CHECKLIST}: enabled = true in production configs; the default is false", production=True
)
def auth_disabled(reading: Reading) -> Iterator[Found]:
    """Authentication is off: every route is open."""
    if reading.has_auth and not reading.is_enabled:
        message = f"authentication is off: every route of the {reading.service} is open"
        yield Found(reading.place("enabled"), message, "enabled = true", absent=not reading.says("enabled"))


@rule(severity=WARNING, source=f"{_CHECKLIST}: strict_validation = true to reject unknown permissions", production=True)
def lax_validation(reading: Reading) -> Iterator[Found]:
    """Tokens with permissions that don't exist are accepted."""
    if not reading.setting("strict_validation"):
        message = "tokens and API keys with permissions that don't exist are accepted"
        yield Found(reading.place("strict_validation"), message, "strict_validation = true")


@rule(
    severity=WARNING,
    source="External Auth Provider Integration, Strict Validation: still log unknown permissions for monitoring",
)
def silent_validation(reading: Reading) -> Iterator[Found]:
    """Permissions that don't exist are neither refused nor logged."""
    if not reading.setting("strict_validation") and not reading.setting("log_unknown_permissions"):
        message = "permissions that don't exist are neither refused nor logged"
        yield Found(reading.place("log_unknown_permissions"), message, "log_unknown_permissions = true")


@rule(
    severity=WARNING,
    source=f"{_CHECKLIST}: use JWKS in production for automatic key rotation; Key Rotation (Static Key): restart "
    "servers",
    production=True,
)
def static_key(reading: Reading) -> Iterator[Found]:
    """Tokens are verified with a static key, which changes with a restart alone."""
    if reading.method == "public_key" and (reading.setting("jwt_public_key_path") or reading.setting("jwt_public_key")):
        message = (
            "tokens are verified with a static key: a new one takes a restart, and a stolen one stays good until then"
        )
        line = 'jwt_verification_method = "jwks"\njwks_url = "https://YOUR_DOMAIN/.well-known/jwks.json"'
        yield Found(reading.place("jwt_verification_method"), message, line)


@rule(
    severity=WARNING,
    source=f"{_CHECKLIST}: config_endpoint_enabled = false unless needed (default)",
    production=True,
    always=True,
)
def config_endpoint(reading: Reading) -> Iterator[Found]:
    """The route /config shows the configuration to who has the permission, or to all where authentication is off."""
    place = (*reading.web_place, "config_endpoint_enabled")
    if reading.file.at(place) is True:
        who = "whoever may read it" if reading.is_enabled else "everybody"
        yield Found(place, f"/config shows the configuration to {who}", "config_endpoint_enabled = false")


@rule(
    severity=ERROR,
    source='tasker-worker and tasker-orchestration 0.1.8: with tls_enabled = true the log says "TLS: enabled", '
    "and the port "
    "goes on speaking without TLS",
    always=True,
)
def grpc_without_tls(reading: Reading) -> Iterator[Found]:
    """TLS is switched on for gRPC, where it has no effect: tokens travel in the clear."""
    place = (reading.service, "grpc", "tls_enabled")
    if reading.file.at(place) is True and reading.file.at((*place[:2], "enabled")) is not False:
        message = f"{dotted(place)} has no effect: tokens and API keys travel in the clear"
        yield Found(place, message, "tls_enabled = false  # and a proxy before it that speaks TLS")
