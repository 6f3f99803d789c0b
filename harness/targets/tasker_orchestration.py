"""The real, released Tasker orchestration service, built from Rust's crate registry, on a PostgreSQL from PyPI."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.base.errors import HarnessError
from harness.crates.database_files import database_files, why_no_database_files
from harness.crates.server import find_server, is_given
from harness.processes import ports
from harness.targets.base import ServiceConfig
from harness.targets.grpc_certificate import CertificateFiles
from harness.targets.postgres import PostgresServer
from harness.targets.tasker_config import render_orchestration_toml
from harness.targets.tasker_database import start_tasker_database
from harness.targets.tasker_service import TaskerTarget
from harness.targets.tasker_wheels import why_no_postgres
from harness.targets.tasker_worker import TaskerWorkerTarget


class TaskerOrchestrationTarget(TaskerTarget):
    """Starts real orchestration services; `server` is the path of the program, by default that of `find_server`.

    `build` says that the program may be built where there is none.
    They share a database with migrations and queue extension: without these they don't start.
    """

    name = "tasker-orchestration"
    kind = "the Tasker orchestration service"

    def __init__(self, *, server: str | None = None, build: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._server, self._build = server, build
        self._worker = TaskerWorkerTarget(**{**options, "port": 0})

    def build(self, say: Callable[[str], None]) -> None:
        if self._build and not is_given(self._server):
            from harness.crates.build import build_server

            build_server(say)

    def available(self) -> str | None:
        try:
            find_server(self._server)
        except HarnessError as problem:
            return str(problem)
        return why_no_postgres() or why_no_database_files()

    @property
    def why_no_neighbour(self) -> str:
        """As `HasNeighbour.why_no_neighbour`."""
        return self._worker.available() or ""

    def neighbour(self) -> TaskerWorkerTarget:
        """A worker, as `HasNeighbour.neighbour`."""
        return self._worker

    def close(self) -> None:
        super().close()
        self._worker.close()

    def _command(self) -> Sequence[str]:
        return [str(find_server(self._server))]

    def _variables(self) -> Mapping[str, str]:
        return {"TASKER_ORCHESTRATION_GRPC_BIND_ADDRESS": f"{ports.LOOPBACK}:0"}

    def _config_text(self, config: ServiceConfig, certificate: CertificateFiles | None) -> str:
        return render_orchestration_toml(config, certificate)

    def _start_database(self) -> PostgresServer:
        return start_tasker_database(database_files(), self._log_folder)
