"""The reference service, in this process unless asked otherwise: no database, instant, with faults to switch on."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.base.errors import TargetError
from harness.shown.foreign_text import ForeignText, foreign
from harness.targets.base import Service, ServiceConfig
from harness.targets.config_secrets import planted_secrets
from harness.targets.grpc_certificate import GrpcCertificate
from harness.targets.guarded_service import RunningServices
from harness.targets.overlays import ENVIRONMENT
from harness.targets.reference_config import overlay_of, settings_table
from harness.targets.reference_process import start_reference_process
from harness.wire.grpc_address import GrpcAddress

_LOGGER, _KEPT_LINES = "harness.reference", 2000
_NEIGHBOURS = {"orchestration": "worker", "worker": "orchestration"}

if TYPE_CHECKING:  # Flask and PyJWT load with the first service, not with the target.
    from harness.reference.server import ReferenceServer


class _Log(logging.Handler):
    """The warnings of one server; others in this process have theirs."""

    def __init__(self, server: ReferenceServer) -> None:
        super().__init__(logging.WARNING)
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._server = server

    def emit(self, record: logging.LogRecord) -> None:
        if self._server.is_serving():
            self.lines.append(self.format(record))


class ReferenceService:
    """A running reference service; see `harness.targets.base.Service`. It has no process of its own."""

    pid = None

    def __init__(self, server: ReferenceServer, secrets: tuple[str, ...] = (), ca_file: str = "") -> None:
        self.base_url = server.base_url
        self.grpc_address = GrpcAddress.read(server.grpc_address, ca_file) if server.grpc_address else None
        self.secrets = secrets
        self._server = server
        self._log = _Log(server)
        logging.getLogger(_LOGGER).addHandler(self._log)
        self._alive = True

    def stop(self) -> None:
        self._server.stop()
        logging.getLogger(_LOGGER).removeHandler(self._log)
        self._alive = False

    def log_tail(self, lines: int = 40) -> ForeignText:
        """Its warnings, and the errors of its threads that no request was answered with."""
        errors = "".join("".join(traceback.format_exception(error)) for error in self._server.errors)
        return ForeignText("\n".join([*self._log.lines, errors])).last_lines(lines)

    def alive(self) -> bool:
        return self._alive

    def rss_bytes(self) -> None:
        return None

    def peak_rss_bytes(self) -> None:
        return None


class ReferenceTarget:
    """Starts reference services with the named `faults`, `service` "orchestration", "worker", "windmill",
    "rfc9068" or "mcp".

    The two times, in seconds, are those of `ReferenceSettings`; `None` leaves its default. With `own_process` each
    service is a process of its own, whose memory can be read. With `grpc_tls` all gRPC is served over TLS.
    """

    name = "reference"
    profile = "reference"
    can_restart = True
    can_trust_ca = True
    why_no_grpc = ""

    def __init__(
        self,
        *,
        service: str = "orchestration",
        faults: Sequence[str] = (),
        jwks_fetch_timeout_seconds: float | None = None,
        unknown_kid_cooldown_seconds: float | None = None,
        own_process: bool = False,
        grpc_tls: bool = False,
    ) -> None:
        self._service, self._faults, self._own_process = service, tuple(faults), own_process
        times = {
            "jwks_fetch_timeout_seconds": jwks_fetch_timeout_seconds,
            "unknown_kid_cooldown_seconds": unknown_kid_cooldown_seconds,
        }
        self._times: dict[str, Any] = {name: seconds for name, seconds in times.items() if seconds is not None}
        self._grpc_tls, self._certificate = grpc_tls, GrpcCertificate()
        self._services = RunningServices()
        self._neighbour: ReferenceTarget | None = None

    @property
    def why_no_neighbour(self) -> str:
        """As `HasNeighbour.why_no_neighbour`."""
        return "" if self._service in _NEIGHBOURS else f"nothing stands beside a reference service of {self._service}"

    def neighbour(self) -> ReferenceTarget:
        """The other one of Tasker's services, with the same faults."""
        if self._neighbour is None:
            self._neighbour = ReferenceTarget(service=_NEIGHBOURS[self._service], faults=self._faults)
            self._neighbour.profile = f"tasker-{_NEIGHBOURS[self._service]}"
        return self._neighbour

    def available(self) -> str | None:
        return None

    def jwks_base_url(self, idp_port: int) -> str:
        return f"http://127.0.0.1:{idp_port}"

    def https_base_url(self, port: int) -> str:
        return f"https://localhost:{port}"

    def start(self, config: ServiceConfig) -> Service:
        """Start a service. Raises `TargetError` when the reference refuses its settings or a fault's name."""
        more, ca_file = self._times, ""
        if config.grpc and (config.grpc_tls or self._grpc_tls):
            ca_file, certificate, key = self._certificate.files()
            more = {**more, "grpc_tls_cert_path": certificate, "grpc_tls_key_path": key}
        table = settings_table(self._service, config, more)
        secrets, variables = planted_secrets(config), dict(config.variables)
        if config.overlay_settings:
            table = self._overlaid(table, config)
        if self._own_process:
            return start_reference_process(table, self._faults, secrets, self._services, variables, ca_file)
        return self._services.add(self._start_here(table, secrets, variables, ca_file))

    def close(self) -> None:
        self._services.stop_all()
        self._certificate.close()
        if self._neighbour is not None:
            self._neighbour.close()

    def _overlaid(self, table: dict[str, Any], config: ServiceConfig) -> dict[str, Any]:
        from harness.reference.documented import DocumentedConfiguration, Overlay
        from harness.reference.known_faults import mixins
        from harness.reference.parts import Parts

        documented = Parts(mixins(self._faults)).of(DocumentedConfiguration)({})
        return documented.overlaid(table, Overlay(*overlay_of(self._service, config)), ENVIRONMENT)

    def _start_here(
        self, table: dict[str, Any], secrets: tuple[str, ...], variables: dict[str, str], ca_file: str
    ) -> ReferenceService:
        from harness.reference.documented import DocumentedConfiguration
        from harness.reference.known_faults import mixins
        from harness.reference.parts import Parts
        from harness.reference.server import ReferenceServer
        from harness.reference.settings_file import settings_from

        try:
            documented = Parts(mixins(self._faults)).of(DocumentedConfiguration)(variables)
            server = ReferenceServer(settings_from(table, documented), self._faults).start()
        except (ValueError, LookupError, OSError) as error:
            raise TargetError(f"the reference service does not start: {foreign(error)}") from error
        return ReferenceService(server, secrets, ca_file)
