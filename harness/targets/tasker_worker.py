"""The real, released Tasker worker from PyPI, on a PostgreSQL from PyPI."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.processes import ports
from harness.targets.base import ServiceConfig
from harness.targets.grpc_certificate import CertificateFiles
from harness.targets.postgres import PostgresServer, start_postgres
from harness.targets.tasker_config import render_worker_toml
from harness.targets.tasker_service import TaskerTarget
from harness.targets.tasker_wheels import why_not_installed

BOOT = Path(__file__).with_name("tasker_boot.py")


class TaskerWorkerTarget(TaskerTarget):
    """Starts real workers. Their database is empty: they need neither migrations nor the queue extension."""

    name = "tasker-worker"
    kind = "the Tasker worker"

    def available(self) -> str | None:
        return why_not_installed()

    def _command(self) -> Sequence[str]:
        return [sys.executable, "-P", str(BOOT)]

    def _variables(self) -> Mapping[str, str]:
        return {"TASKER_WORKER_GRPC_BIND_ADDRESS": f"{ports.LOOPBACK}:0"}

    def _config_text(self, config: ServiceConfig, certificate: CertificateFiles | None) -> str:
        return render_worker_toml(config, certificate)

    def _start_database(self) -> PostgresServer:
        return start_postgres(self._log_folder)
