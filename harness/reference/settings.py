"""The settings of one reference service, under the names of Tasker's configuration reference."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Final

from harness.reference.algorithms import ALGORITHMS
from harness.reference.errors import SettingsError

# Those of Tasker, and those with parts of their own in the folder of their name.
SERVICES_WITH_PARTS: Final = ("windmill", "rfc9068", "mcp")
SERVICES: Final = ("orchestration", "worker", *SERVICES_WITH_PARTS)
VERIFICATION_METHODS: Final = ("jwks", "public_key")


@dataclass(frozen=True)
class ApiKey:
    """One entry of the API key registry; `key` is a secret and stays out of the repr."""

    key: str = field(repr=False)
    permissions: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class ReferenceSettings:
    """Everything one service is started with. Names ending in `_seconds` are seconds, in `_bytes` bytes.

    `service` selects the routes, "orchestration" or "worker" of Tasker, or one with rules of its own. With
    `verification_method` "jwks" the keys come from `jwks_url`, which must be https unless `jwks_url_allow_http`; with
    "public_key" from `public_key_pem`. `ca_file` is a PEM file with the CAs to trust in place of the system's.

    With `discovery_url` the address of the keys is found in the issuer's metadata (RFC 8414 §3) instead of in
    `jwks_url`. `second_issuer` is trusted beside `jwt_issuer`, with the keys at `second_jwks_url` and no others.
    `guard_private_hosts` refuses to fetch keys from loopback, private and link-local hosts. `decryption_key_pem`
    is a private key of the service; nothing here decrypts. With `grpc_enabled` it serves gRPC too (extra `grpc`), at
    `grpc_port` or, for 0, at any free one; over TLS, and not in the clear, with a certificate and its key in the PEM
    files at `grpc_tls_cert_path` and `grpc_tls_key_path`.

    Source: seed documents `configuration-reference` and `authentication-and-authorization`; the defaults are theirs,
    except that authentication is on and strict validation off unless asked for.
    """

    service: str
    jwt_issuer: str
    jwt_audience: str
    jwks_url: str = ""
    jwks_url_allow_http: bool = False
    public_key_pem: str = field(default="", repr=False)
    verification_method: str = "jwks"
    enabled: bool = True
    jwt_allowed_algorithms: tuple[str, ...] = ("RS256",)
    leeway_seconds: float = 60.0
    jwks_refresh_interval_seconds: float = 3600.0
    jwks_max_stale_seconds: float = 300.0
    jwks_fetch_timeout_seconds: float = 10.0
    unknown_kid_cooldown_seconds: float = 0.5
    failed_refresh_backoff_seconds: float = 1.0
    jwks_max_bytes: int = 1024 * 1024
    discovery_url: str = ""
    second_issuer: str = ""
    second_jwks_url: str = ""
    ca_file: str = ""
    guard_private_hosts: bool = False
    decryption_key_pem: str = field(default="", repr=False)
    permissions_claim: str = "permissions"
    strict_validation: bool = False
    log_unknown_permissions: bool = True
    api_keys_enabled: bool = False
    api_keys: tuple[ApiKey, ...] = field(default=(), repr=False)
    api_key_header: str = "X-API-Key"
    config_endpoint_enabled: bool = False
    grpc_enabled: bool = False
    grpc_port: int = 0
    grpc_tls_cert_path: str = ""
    grpc_tls_key_path: str = ""
    max_token_bytes: int = 16 * 1024
    max_body_bytes: int = 1024 * 1024


class SettingsCheck:
    """Refuses settings under which the service would be open, shut or surprising."""

    def checked(self, settings: ReferenceSettings) -> ReferenceSettings:
        """The settings, when they make sense; raises `SettingsError` naming the first field that does not."""
        _one_of("service", settings.service, SERVICES)
        if settings.enabled:
            _one_of("verification_method", settings.verification_method, VERIFICATION_METHODS)
            _check_texts(settings)
            _check_algorithms(settings.jwt_allowed_algorithms)
            _check_second_issuer(settings)
            _check_ca_file(settings.ca_file)
        _check_grpc_tls(settings)
        _check_numbers(settings)
        return settings


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(name, f"{value!r} is none of {', '.join(choices)}")


def _check_texts(settings: ReferenceSettings) -> None:
    needed = ["jwt_issuer", "jwt_audience", "permissions_claim", "api_key_header"]
    if settings.verification_method == "public_key":
        needed.append("public_key_pem")
    elif not settings.discovery_url.strip():
        needed.append("jwks_url")
    for name in needed:
        if not getattr(settings, name).strip():
            raise SettingsError(name, "is empty; give it a value")


def _check_algorithms(allowed: tuple[str, ...]) -> None:
    if not allowed:
        raise SettingsError("jwt_allowed_algorithms", "is empty; nobody could get in")
    for name in allowed:
        _one_of("jwt_allowed_algorithms", name, tuple(ALGORITHMS))


def _check_second_issuer(settings: ReferenceSettings) -> None:
    if settings.second_issuer and not settings.second_jwks_url:
        raise SettingsError("second_jwks_url", "is empty; the second issuer has keys of its own")
    if settings.second_jwks_url and not settings.second_issuer:
        raise SettingsError("second_issuer", "is empty; its keys are at second_jwks_url")
    if settings.second_issuer == settings.jwt_issuer:
        raise SettingsError("second_issuer", "is jwt_issuer once more; which keys count would be open")


def _check_ca_file(path: str) -> None:
    try:
        if path:
            ssl.create_default_context(cafile=path)
    except OSError as error:
        raise SettingsError("ca_file", f"is no PEM file with certificates: {error}") from error


def _check_grpc_tls(settings: ReferenceSettings) -> None:
    """Half of a pair would leave gRPC in the clear."""
    pair = {name: getattr(settings, name) for name in ("grpc_tls_cert_path", "grpc_tls_key_path")}
    if missing := [name for name, path in pair.items() if not path]:
        if len(missing) == 1:
            raise SettingsError(missing[0], "is empty; gRPC over TLS needs a certificate and its key")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*pair.values())
    except OSError as error:
        raise SettingsError("grpc_tls_cert_path", f"is no PEM file with a certificate of that key: {error}") from error


def _check_numbers(settings: ReferenceSettings) -> None:
    for name in ("jwks_refresh_interval_seconds", "jwks_fetch_timeout_seconds"):
        if not getattr(settings, name) > 0:
            raise SettingsError(name, "must be more than 0 seconds")
    for name in (
        "leeway_seconds",
        "jwks_max_stale_seconds",
        "unknown_kid_cooldown_seconds",
        "failed_refresh_backoff_seconds",
    ):
        if not getattr(settings, name) >= 0:
            raise SettingsError(name, "must not be negative")
    for name in ("jwks_max_bytes", "max_token_bytes", "max_body_bytes"):
        if not getattr(settings, name) > 0:
            raise SettingsError(name, "must be more than 0 bytes")
