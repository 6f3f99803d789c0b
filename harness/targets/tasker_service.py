"""What the real services of Tasker have in common as targets: how they are started, reached and ended."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from harness.base.errors import TargetError
from harness.processes import ports
from harness.processes.guarded_process import GuardedProcess, clean_environment
from harness.processes.own_port import wait_for_other_port, wait_until_healthy
from harness.processes.readiness import LONGER
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import database_secrets, planted_secrets
from harness.targets.grpc_certificate import CertificateFiles, GrpcCertificate
from harness.targets.guarded_service import GuardedService, RunningServices
from harness.targets.jwks_host import check_jwks_host
from harness.targets.overlays import NO_CTL, find_ctl, merged_by_ctl
from harness.targets.postgres import PostgresServer
from harness.targets.tasker_provider import PUBLIC_HOST, ProviderAccess
from harness.wire.grpc_address import GrpcAddress

_CONFIG, _TEMPLATES = "tasker.toml", "templates"


class TaskerTarget(ABC):
    """Starts real services of one kind, each a process of its own; they share one PostgreSQL, started with the first.

    Tasker refuses loopback addresses as JWKS host. So its services know the identity provider as
    `idp.tasker.test` and fetch through an HTTP proxy, which is the identity provider itself. With
    `jwks_host`, a name that resolves to 127.0.0.1, they fetch from there directly. `log_folder` keeps the
    logs as files; `port` is for the one service that has to listen on a given port (0: any free one);
    `boot_seconds` is how long a service may take to be healthy. Over https they fetch through the TLS front at
    `tls_address`, but trust no CA that a configuration could name.
    """

    can_restart = True
    can_trust_ca = False  # 0.1.8 trusts the roots compiled into it; SSL_CERT_FILE and SSL_CERT_DIR change nothing.
    why_no_grpc = ""

    def __init__(
        self,
        *,
        jwks_host: str | None = None,
        log_folder: Path | None = None,
        port: int = 0,
        boot_seconds: float = 30.0,
    ) -> None:
        if jwks_host is not None:
            check_jwks_host(jwks_host)
        if not 0 <= port <= 65535:
            raise TargetError(f"port {port} is no TCP port; give one from 1 to 65535, or 0 for any free one")
        self._provider = ProviderAccess(jwks_host, self.kind)
        self._log_folder, self._port, self._boot_seconds = log_folder, port, boot_seconds
        self._certificate = GrpcCertificate()
        self._services = RunningServices()
        self._postgres: PostgresServer | None = None
        self._postgres_lock = threading.Lock()

    @property
    @abstractmethod
    def name(self) -> str:
        """As `Target.name`; it is that of the profile too."""

    @property
    def profile(self) -> str:
        return self.name

    @property
    @abstractmethod
    def kind(self) -> str:
        """What its services are, for sentences: "the Tasker worker"."""

    @abstractmethod
    def available(self) -> str | None:
        """As `Target.available`."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """What starts a service."""

    @abstractmethod
    def _variables(self) -> Mapping[str, str]:
        """What only services of this kind read from their environment."""

    @abstractmethod
    def _config_text(self, config: ServiceConfig, certificate: CertificateFiles | None) -> str:
        """The configuration file of a service, which is to show this certificate over gRPC, if any."""

    @abstractmethod
    def _start_database(self) -> PostgresServer:
        """The server that all of them share. Raises `TargetError`."""

    @property
    def cannot_set(self) -> Mapping[str, str]:
        """As `LacksSettings.cannot_set`."""
        return {} if find_ctl() else {"overlay_settings": NO_CTL}

    def jwks_base_url(self, idp_port: int) -> str:
        return self._provider.jwks_base_url(idp_port)

    def https_base_url(self, port: int) -> str:
        return f"https://{PUBLIC_HOST}"

    def start(self, config: ServiceConfig) -> GuardedService:
        """Start a service. Raises `TargetError` when it is not installed, does not start, or is not healthy in time."""
        if reason := self.available():
            raise TargetError(reason)
        for name in ("discovery_url", "second_issuer"):
            if getattr(config, name):
                raise TargetError(f"{self.kind} has no setting for {name}; leave it empty for this target")
        if config.verification == "jwks":
            self._provider.check_jwks_url(config)
        if self._port and not ports.is_free(self._port):
            raise TargetError(
                f"port {self._port} is taken by {ports.describe_holder(self._port)}; choose another port, "
                "or leave it out to get a free one"
            )
        return self._services.add(self._boot(config, self._database()))

    def close(self) -> None:
        self._services.stop_all()
        self._certificate.close()
        with self._postgres_lock:
            if self._postgres:
                self._postgres.stop()
                self._postgres = None

    def _database(self) -> PostgresServer:
        with self._postgres_lock:
            if self._postgres is None or not self._postgres.alive():
                if self._postgres:
                    self._postgres.stop()
                self._postgres = self._start_database()
            return self._postgres

    def _boot(self, config: ServiceConfig, database: PostgresServer) -> GuardedService:
        scratch = ScratchFolder()
        with ExitStack() as undo:
            log = ServiceLog(self.name, self._log_folder)
            undo.callback(log.close)
            process = self._services.add(
                GuardedProcess(
                    self._command(),
                    environment=self._environment(config, database.url, scratch.path),
                    log=log,
                    scratch=scratch,
                    prepare=lambda: self._write_files(config, scratch),
                )
            )
            undo.callback(process.stop)
            base_url, missing = wait_until_healthy(process, self._boot_seconds)
            self._check_healthy(process, log, missing)
            secrets = (*planted_secrets(config), *database_secrets(database.url))
            address = self._grpc_address(process, base_url, config) if config.grpc else None
            service = GuardedService(base_url, process, log, secrets, missing=database.why_gone, grpc_address=address)
            undo.pop_all()
        return service

    def _grpc_address(self, process: GuardedProcess, base_url: str, config: ServiceConfig) -> GrpcAddress:
        ca_file = self._certificate.files().ca if config.grpc_tls else ""
        return GrpcAddress.read(wait_for_other_port(process, base_url, self._boot_seconds), ca_file)

    def _environment(self, config: ServiceConfig, database_url: str, folder: Path) -> dict[str, str]:
        """What a service reads. Nothing of this process's own configuration."""
        return clean_environment(
            {
                "TASKER_CONFIG_PATH": str(folder / _CONFIG),
                "TASKER_ENV": "test",
                "TASKER_TEMPLATE_PATH": str(folder / _TEMPLATES),
                "TASKER_WEB_BIND_ADDRESS": f"{ports.LOOPBACK}:{self._port}",
                "DATABASE_URL": database_url,
                "RUST_LOG": "warn",
                **self._variables(),
                **self._provider.proxies(config),
                **dict(config.variables),
            }
        )

    def _check_healthy(self, process: GuardedProcess, log: ServiceLog, state: str | None) -> None:
        """Raise `TargetError` when `state` says that something is missing."""
        if state is None:
            return
        status = process.exit_status()
        if status is None:
            raise TargetError(
                f"{self.kind} did not answer GET /health with 200 within {self._boot_seconds:g} s; "
                f"last state: {state}; {LONGER}",
                log.tail(),
            )
        if self._port and "Address already in use" in log.tail():
            raise TargetError(
                f"port {self._port} was taken by {ports.describe_holder(self._port)} while {self.kind} started",
                log.tail(),
            )
        raise TargetError(f"{self.kind} ended with status {status} while starting", log.tail())

    def _write_files(self, config: ServiceConfig, scratch: ScratchFolder) -> None:
        text = self._config_text(config, self._certificate.files() if config.grpc_tls else None)
        if config.overlay_settings:
            text = merged_by_ctl(text, config, self.name.removeprefix("tasker-"), scratch.path)
        scratch.write_secret(_CONFIG, text)
        (scratch.path / _TEMPLATES).mkdir()
