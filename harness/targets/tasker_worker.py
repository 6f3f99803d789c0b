"""The real, released Tasker worker from PyPI, on a PostgreSQL from PyPI."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.processes import ports
from harness.processes.guarded_process import GuardedProcess, clean_environment
from harness.processes.own_port import wait_for_other_port, wait_until_healthy
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import database_secrets, planted_secrets
from harness.targets.guarded_service import GuardedService, RunningServices
from harness.targets.jwks_host import check_is_url, check_jwks_host, refusal
from harness.targets.postgres import PostgresServer, start_postgres
from harness.targets.tasker_config import render_worker_toml
from harness.targets.tasker_wheels import why_not_installed

BOOT = Path(__file__).with_name("tasker_boot.py")
# A name of no public top-level domain (RFC 6761): a fetch that misses the proxy can't reach anybody.
PUBLIC_HOST = "idp.tasker.test"
_CONFIG, _TEMPLATES = "worker.toml", "templates"


class TaskerWorkerTarget:
    """Starts real workers, each a process of its own; they share one PostgreSQL, started with the first.

    Tasker refuses loopback addresses as JWKS host. So the workers know the identity provider as
    `idp.tasker.test` and fetch through an HTTP proxy, which is the identity provider itself. With
    `jwks_host`, a name that resolves to 127.0.0.1, they fetch from there directly. `log_folder` keeps the
    logs as files; `port` is for the one worker that has to listen on a given port (0: any free one);
    `boot_seconds` is how long a worker may take to be healthy. Over https they fetch through the TLS front at
    `tls_address`, but trust no CA that a configuration could name.
    """

    name = "tasker-worker"
    profile = "tasker-worker"
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
        self._jwks_host = jwks_host
        self._log_folder, self._port, self._boot_seconds = log_folder, port, boot_seconds
        self._services = RunningServices()
        self._postgres: PostgresServer | None = None
        self._postgres_lock = threading.Lock()

    def available(self) -> str | None:
        return why_not_installed()

    def jwks_base_url(self, idp_port: int) -> str:
        return f"http://{self._jwks_host}:{idp_port}" if self._jwks_host else f"http://{PUBLIC_HOST}"

    def https_base_url(self, port: int) -> str:
        return f"https://{PUBLIC_HOST}"

    def start(self, config: ServiceConfig) -> GuardedService:
        """Start a worker. Raises `TargetError` when it is not installed, does not start, or is not healthy in time."""
        if reason := self.available():
            raise TargetError(reason)
        for name in ("discovery_url", "second_issuer"):
            if getattr(config, name):
                raise TargetError(f"the Tasker worker has no setting for {name}; leave it empty for this target")
        if config.verification == "jwks":
            self._check_jwks_url(config)
        if self._port and not ports.is_free(self._port):
            raise TargetError(
                f"port {self._port} is taken by {ports.describe_holder(self._port)}; choose another port, "
                "or leave it out to get a free one"
            )
        return self._services.add(self._boot(config, self._database()))

    def _check_jwks_url(self, config: ServiceConfig) -> None:
        """Refuse a URL that is none, or one that the worker would fetch from somewhere else than this machine.

        A host that the worker itself has to refuse is left to the worker.
        """
        check_is_url(config.jwks_url)
        parts = urlsplit(config.jwks_url)
        host = parts.hostname or ""
        if self._jwks_host is None and not config.idp_address:
            raise TargetError("idp_address is empty; the worker fetches its keys through the identity provider there")
        if refusal(host) or (parts.scheme == "https" and config.tls_address):
            return
        if self._jwks_host is not None:
            if host != self._jwks_host.lower():
                raise TargetError(
                    f"the JWKS URL {config.jwks_url!r} is not at {self._jwks_host}, the jwks_host of this target; "
                    f"give the issuer the public URL http://{self._jwks_host}:PORT"
                )
        elif parts.scheme == "https":
            raise TargetError(
                f"the JWKS URL {config.jwks_url!r} is https and tls_address is empty; the worker fetches such a URL "
                "through the TLS front there, or give the issuer an http URL"
            )

    def close(self) -> None:
        self._services.stop_all()
        with self._postgres_lock:
            if self._postgres:
                self._postgres.stop()
                self._postgres = None

    def _database(self) -> PostgresServer:
        with self._postgres_lock:
            if self._postgres is None or not self._postgres.alive():
                if self._postgres:
                    self._postgres.stop()
                self._postgres = start_postgres(self._log_folder)
            return self._postgres

    def _boot(self, config: ServiceConfig, database: PostgresServer) -> GuardedService:
        scratch = ScratchFolder()
        with ExitStack() as undo:
            log = ServiceLog(self.name, self._log_folder)
            undo.callback(log.close)
            process = self._services.add(
                GuardedProcess(
                    [sys.executable, "-P", str(BOOT)],
                    environment=self._environment(config, database.url, scratch.path),
                    log=log,
                    scratch=scratch,
                    prepare=lambda: _write_files(config, scratch),
                )
            )
            undo.callback(process.stop)
            base_url, missing = wait_until_healthy(process, self._boot_seconds)
            self._check_healthy(process, log, missing)
            secrets = (*planted_secrets(config), *database_secrets(database.url))
            address = wait_for_other_port(process, base_url, self._boot_seconds) if config.grpc else None
            service = GuardedService(base_url, process, log, secrets, missing=database.why_gone, grpc_address=address)
            undo.pop_all()
        return service

    def _environment(self, config: ServiceConfig, database_url: str, folder: Path) -> dict[str, str]:
        """What the worker reads. Nothing of this process's own configuration."""
        return clean_environment(
            {
                "TASKER_CONFIG_PATH": str(folder / _CONFIG),
                "TASKER_ENV": "test",
                "TASKER_TEMPLATE_PATH": str(folder / _TEMPLATES),
                "TASKER_WEB_BIND_ADDRESS": f"{ports.LOOPBACK}:{self._port}",
                "TASKER_WORKER_GRPC_BIND_ADDRESS": f"{ports.LOOPBACK}:0",
                "DATABASE_URL": database_url,
                "RUST_LOG": "warn",
                **self._proxies(config),
                **dict(config.variables),
            }
        )

    def _proxies(self, config: ServiceConfig) -> dict[str, str]:
        """Through whom the worker fetches; https through the TLS front, which lets it through to the name it asks for.

        Loopback addresses are called directly, so that a call to an attacker's address is seen as one. All else goes
        to a proxy on this machine: what the worker should have refused to fetch must not leave it.
        """
        if not config.idp_address:
            return {}
        return {
            "HTTP_PROXY": f"http://{config.idp_address}",
            "HTTPS_PROXY": f"http://{config.tls_address or config.idp_address}",
            "NO_PROXY": f"{ports.LOOPBACK},{self._jwks_host}" if self._jwks_host else ports.LOOPBACK,
        }

    def _check_healthy(self, process: GuardedProcess, log: ServiceLog, state: str | None) -> None:
        """Raise `TargetError` when `state` says that something is missing."""
        if state is None:
            return
        status = process.exit_status()
        if status is None:
            raise TargetError(
                f"the Tasker worker did not answer GET /health with 200 within {self._boot_seconds:g} s; "
                f"last state: {state}",
                log.tail(),
            )
        if self._port and "Address already in use" in log.tail():
            raise TargetError(
                f"port {self._port} was taken by {ports.describe_holder(self._port)} while the Tasker worker started",
                log.tail(),
            )
        raise TargetError(f"the Tasker worker ended with status {status} while starting", log.tail())


def _write_files(config: ServiceConfig, scratch: ScratchFolder) -> None:
    scratch.write_secret(_CONFIG, render_worker_toml(config))
    (scratch.path / _TEMPLATES).mkdir()
