"""The real, released Tasker worker from PyPI, on a PostgreSQL from PyPI."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from harness.targets import ports
from harness.targets.base import ServiceConfig, TargetError
from harness.targets.guarded import GuardedProcess, clean_environment
from harness.targets.guarded_service import GuardedService, RunningServices
from harness.targets.jwks_host import check_jwks_host, check_jwks_url
from harness.targets.postgres import PostgresServer, start_postgres
from harness.targets.readiness import health_state, wait_until
from harness.targets.scratch import ScratchFolder
from harness.targets.service_log import ServiceLog
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
    `boot_seconds` is how long a worker may take to be healthy.
    """

    name = "tasker-worker"
    profile = "tasker-worker"
    can_restart = True

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

    def start(self, config: ServiceConfig) -> GuardedService:
        """Start a worker. Raises `TargetError` when it is not installed, does not start, or is not healthy in time."""
        if reason := self.available():
            raise TargetError(reason)
        if config.verification == "jwks":
            self._check_jwks_url(config)
        if self._port and not ports.is_free(self._port):
            raise TargetError(
                f"port {self._port} is taken by {ports.describe_holder(self._port)}; choose another port, "
                "or leave it out to get a free one"
            )
        return self._services.add(self._boot(config, self._database_url()))

    def _check_jwks_url(self, config: ServiceConfig) -> None:
        """Refuse what the worker would not fetch, or would fetch from somewhere else than this machine."""
        check_jwks_url(config.jwks_url)
        parts = urlsplit(config.jwks_url)
        if self._jwks_host is not None:
            if parts.hostname != self._jwks_host.lower():
                raise TargetError(
                    f"the JWKS URL {config.jwks_url!r} is not at {self._jwks_host}, the jwks_host of this target; "
                    f"give the issuer the public URL http://{self._jwks_host}:PORT"
                )
        elif parts.scheme != "http":
            raise TargetError(
                f"the JWKS URL {config.jwks_url!r} has to be http: the worker fetches through the identity provider "
                "as its proxy, which can't look into https"
            )
        elif not config.idp_address:
            raise TargetError("idp_address is empty; the worker fetches its keys through the identity provider there")

    def close(self) -> None:
        self._services.stop_all()
        with self._postgres_lock:
            if self._postgres:
                self._postgres.stop()
                self._postgres = None

    def _database_url(self) -> str:
        with self._postgres_lock:
            if self._postgres is None or not self._postgres.alive():
                if self._postgres:
                    self._postgres.stop()
                self._postgres = start_postgres(self._log_folder)
            return self._postgres.url

    def _boot(self, config: ServiceConfig, database_url: str) -> GuardedService:
        scratch = ScratchFolder()
        with ExitStack() as undo:
            log = ServiceLog(self.name, self._log_folder)
            undo.callback(log.close)
            process = GuardedProcess(
                [sys.executable, "-P", str(BOOT)],
                environment=self._environment(config, database_url, scratch.path),
                log=log,
                scratch=scratch,
                prepare=lambda: _write_files(config, scratch),
            )
            undo.callback(process.stop)
            service = GuardedService(self._wait_until_healthy(process, log), process, log)
            undo.pop_all()
        return service

    def _environment(self, config: ServiceConfig, database_url: str, folder: Path) -> dict[str, str]:
        """What the worker reads. Nothing of this process's own configuration."""
        environment = {
            "TASKER_CONFIG_PATH": str(folder / _CONFIG),
            "TASKER_ENV": "test",
            "TASKER_TEMPLATE_PATH": str(folder / _TEMPLATES),
            "TASKER_WEB_BIND_ADDRESS": f"{ports.LOOPBACK}:{self._port}",
            "TASKER_WORKER_GRPC_BIND_ADDRESS": f"{ports.LOOPBACK}:0",
            "DATABASE_URL": database_url,
            "RUST_LOG": "warn",
        }
        if self._jwks_host is None:
            # Loopback addresses are called directly, so that a call to an attacker's address is seen as one.
            environment |= {"HTTP_PROXY": f"http://{config.idp_address}", "NO_PROXY": "127.0.0.1"}
        return clean_environment(environment)

    def _wait_until_healthy(self, process: GuardedProcess, log: ServiceLog) -> str:
        """The worker's address, once it is healthy: the one port that it listens on, so it is surely ours."""
        base_url = ""

        def missing() -> str | None:
            nonlocal base_url
            listening = ports.listening_ports(process.pid)
            if not listening:
                return "it listens on no port yet"
            base_url = f"http://{ports.LOOPBACK}:{min(listening)}"
            healthy, state = health_state(base_url)
            return None if healthy else state

        state = wait_until(missing, process.wait, self._boot_seconds)
        if state is None:
            return base_url
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
