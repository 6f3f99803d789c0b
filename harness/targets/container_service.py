"""A service that runs in a container, and the PostgreSQL beside it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from harness.crates.database_files import DatabaseFiles
from harness.engine import containers
from harness.engine.container_run import ContainerRun
from harness.processes.readiness import LONGER
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import ForeignText
from harness.targets.container_database import COMMAND, prepare_tasker_database
from harness.targets.container_spec import ContainerSpec

POSTGRES_ALIAS = "postgres"
_ROLE = _DATABASE = "tasker"
_POSTGRES_SECONDS = 90.0
_KEPT_LINES = 500


class ContainerService:
    """A running service; see `harness.targets.base.Service`. Its process belongs to the engine."""

    pid = None

    def __init__(
        self, base_url: str, container: DockerContainer, secrets: tuple[str, ...], log_folder: Path | None
    ) -> None:
        self.base_url, self.secrets = base_url, secrets
        self._container, self._log_folder = container, log_folder
        self._last_log: ForeignText | None = None

    def __repr__(self) -> str:
        return f"<service {self.base_url} of {self._container.image}>"

    def stop(self) -> None:
        if self._last_log is None:
            self._last_log = containers.log_tail(self._container, _KEPT_LINES)
            if self._log_folder:
                keep_log(containers.log_parts(self._container), "service", self._log_folder)
            containers.remove(self._container)

    def log_tail(self, lines: int = 40) -> ForeignText:
        if self._last_log is None:
            return containers.log_tail(self._container, lines)
        return self._last_log.last_lines(lines)

    def alive(self) -> bool:
        return self._last_log is None and containers.is_running(self._container)

    def rss_bytes(self) -> None:
        return None

    def peak_rss_bytes(self) -> None:
        return None


def start_service(
    image: str,
    spec: ContainerSpec,
    port: int,
    health_path: str,
    *,
    run: ContainerRun,
    network: Network,
    boot_seconds: float,
    log_folder: Path | None,
) -> ContainerService:
    """Start a container and return once `health_path` answers 200 at its `port`.

    Raises `TargetError` with the container's log when it doesn't; then nothing of it is left.
    """
    with ExitStack() as undo:
        with containers.clear_errors(image):
            container = DockerContainer(image, network=network, labels=run.labels, log_config=containers.LOG_CONFIG)
            container.with_envs(**spec.environment)
            if spec.command:
                container.with_command(list(spec.command))
            for path, text in spec.files.items():
                container.with_copy_into_container(text.encode(), path)
            containers.publish(container, port)
            undo.callback(containers.remove, container)
            container.start()
        what = f"the service in the container of {image} (GET {health_path} with 200 at port {port}; {LONGER})"
        url = containers.wait_until_healthy(container, what, port, health_path, boot_seconds)
        undo.pop_all()
    return ContainerService(url, container, spec.secrets, log_folder)


def start_postgres(
    image: str, run: ContainerRun, network: Network, files: DatabaseFiles | None = None
) -> tuple[DockerContainer, str]:
    """Start a PostgreSQL with an empty database in the network; the container, and the URL for other containers.

    The image takes POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB, as the official one does. With `files` the
    database is one for Tasker's orchestration. Raises `TargetError`.
    """
    password = secrets.token_hex(16)
    with ExitStack() as undo, containers.clear_errors(image):
        container = DockerContainer(
            image,
            network=network,
            network_aliases=[POSTGRES_ALIAS],
            labels=run.labels,
            log_config=containers.LOG_CONFIG,
        )
        container.with_envs(POSTGRES_USER=_ROLE, POSTGRES_PASSWORD=password, POSTGRES_DB=_DATABASE)
        if files is not None:
            container.with_command(list(COMMAND))
        undo.callback(containers.remove, container)
        container.start()

        def missing() -> str | None:
            # Over TCP: the official image first runs a server on a socket only, to set the database up.
            command = ["pg_isready", "-h", "127.0.0.1", "-U", _ROLE, "-d", _DATABASE]
            answer = container.exec(command)
            return None if answer.exit_code == 0 else str(ForeignText(answer.output))

        containers.wait_until_ready(container, f"PostgreSQL ({image})", missing, _POSTGRES_SECONDS)
        url = f"postgresql://{_ROLE}:{password}@{POSTGRES_ALIAS}:5432/{_DATABASE}"
        if files is not None:
            prepare_tasker_database(container, url, files)
        undo.pop_all()
    return container, url


def keep_log(parts: Iterable[bytes], name: str, folder: Path) -> None:
    """Write a log, as it comes, to a file of its own in `folder`. Raises `TargetError` when that can't be done."""
    log = ServiceLog(name, folder)
    try:
        with open(log.descriptor, "wb", closefd=False) as file:
            for part in parts:
                file.write(part)
    finally:
        log.close()
