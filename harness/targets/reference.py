"""The reference service, in this process: no database, instant, with faults to switch on."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.targets.base import ServiceConfig, TargetError
from harness.targets.guarded_service import RunningServices

if TYPE_CHECKING:  # Flask and PyJWT load with the first service, not with the target.
    from harness.reference.server import ReferenceServer
    from harness.reference.settings import ReferenceSettings


class ReferenceService:
    """A running reference service; see `harness.targets.base.Service`. It has no process of its own."""

    pid = None

    def __init__(self, server: ReferenceServer) -> None:
        self.base_url = server.base_url
        self._server = server
        self._alive = True

    def stop(self) -> None:
        self._server.stop()
        self._alive = False

    def log_tail(self, lines: int = 40) -> str:
        """The errors of its threads that no request was answered with, if any."""
        text = "".join("".join(traceback.format_exception(error)) for error in self._server.errors)
        return "\n".join(text.splitlines()[-lines:])

    def alive(self) -> bool:
        return self._alive

    def rss_bytes(self) -> None:
        return None


class ReferenceTarget:
    """Starts reference services of one kind, `service` "orchestration" or "worker", with the named `faults`.

    The two times, in seconds, are those of `ReferenceSettings`; `None` leaves its default.
    """

    name = "reference"
    profile = "reference"
    can_restart = True

    def __init__(
        self,
        *,
        service: str = "orchestration",
        faults: Sequence[str] = (),
        jwks_fetch_timeout_seconds: float | None = None,
        unknown_kid_cooldown_seconds: float | None = None,
    ) -> None:
        self._service, self._faults = service, tuple(faults)
        times = {
            "jwks_fetch_timeout_seconds": jwks_fetch_timeout_seconds,
            "unknown_kid_cooldown_seconds": unknown_kid_cooldown_seconds,
        }
        self._times: dict[str, Any] = {name: seconds for name, seconds in times.items() if seconds is not None}
        self._services = RunningServices()

    def available(self) -> str | None:
        return None

    def jwks_base_url(self, idp_port: int) -> str:
        return f"http://127.0.0.1:{idp_port}"

    def start(self, config: ServiceConfig) -> ReferenceService:
        """Start a service. Raises `TargetError` when the reference refuses its settings or a fault's name."""
        from harness.reference.server import ReferenceServer

        try:
            server = ReferenceServer(self._settings(config), self._faults).start()
        except (ValueError, LookupError, OSError) as error:
            raise TargetError(f"the reference service does not start: {error}") from error
        return self._services.add(ReferenceService(server))

    def close(self) -> None:
        self._services.stop_all()

    def _settings(self, config: ServiceConfig) -> ReferenceSettings:
        from harness.reference.settings import ApiKey, ReferenceSettings

        keys = (ApiKey(entry.key, entry.permissions, entry.description) for entry in config.api_keys)
        return ReferenceSettings(
            service=self._service,
            jwt_issuer=config.issuer,
            jwt_audience=config.audience,
            jwks_url=config.jwks_url,
            jwks_url_allow_http=True,
            public_key_pem=config.public_key_pem,
            verification_method=config.verification,
            jwt_allowed_algorithms=config.allowed_algorithms,
            jwks_refresh_interval_seconds=config.refresh_seconds,
            jwks_max_stale_seconds=config.max_stale_seconds,
            permissions_claim=config.permissions_claim,
            strict_validation=config.strict_validation,
            api_keys_enabled=config.api_keys_enabled,
            api_keys=tuple(keys),
            api_key_header=config.api_key_header,
            config_endpoint_enabled=config.config_endpoint,
            **self._times,
        )
