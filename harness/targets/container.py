"""The service as a container, in a network with an identity provider and, where it needs one, a PostgreSQL."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from harness.base.errors import TargetError
from harness.crates.database_files import database_files, why_no_database_files
from harness.engine import images
from harness.engine.container_engine import why_not_usable
from harness.processes.readiness import HEALTH_PATH
from harness.targets.base import ServiceConfig
from harness.targets.container_spec import (
    ORCHESTRATION_PORT,
    WORKER_PORT,
    ContainerBuilder,
    any_service,
    host_of,
    tasker_orchestration,
    tasker_worker,
)
from harness.targets.guarded_service import RunningServices

if TYPE_CHECKING:  # testcontainers loads with the first container, not with the target.
    from testcontainers.core.network import Network

    from harness.engine.container_run import ContainerRun
    from harness.targets.container_service import ContainerService

TASKER_WORKER, TASKER_ORCHESTRATION, OWN = "tasker-worker", "tasker-orchestration", "own"
SERVICES = (TASKER_WORKER, TASKER_ORCHESTRATION, OWN)
IDP_URL = "http://mock-idp:9400"
# Where each of Tasker's services listens, its image, and how it is started.
_KNOWN: Mapping[str, tuple[int, Callable[[], str], Callable[[str, str], ContainerBuilder]]] = {
    TASKER_WORKER: (WORKER_PORT, images.tasker_worker_image, tasker_worker),
    TASKER_ORCHESTRATION: (ORCHESTRATION_PORT, images.tasker_orchestration_image, tasker_orchestration),
}


class ContainerTarget:
    """Starts containers of one image, one for each service; they share a network with all that they talk to.

    `service` is "tasker-worker" or "tasker-orchestration", whose configuration is known here, or "own": then `image`,
    `port`, and `command`, `environment` and `config` as in `any_service` say how it is started, and `postgres` names an
    image if it needs a database. The identity provider is a container too (`idp_image`), known to the services as
    `jwks_base_url`: what listens on this machine's loopback interface they can't reach. `health_path` answers 200 when
    a service is ready, within `boot_seconds`. `log_folder` keeps the logs as files.
    """

    name = "container"
    can_restart = True
    can_trust_ca = False

    def __init__(
        self,
        *,
        service: str = TASKER_WORKER,
        image: str = "",
        port: int = 0,
        command: str = "",
        environment: str = "",
        config: str = "",
        postgres: str = "",
        idp_image: str = "",
        jwks_base_url: str = IDP_URL,
        health_path: str = HEALTH_PATH,
        boot_seconds: float = 60.0,
        log_folder: Path | None = None,
    ) -> None:
        if service not in SERVICES:
            raise TargetError(f"service is {service!r}; it is one of {', '.join(SERVICES)}")
        self.profile = service if service != OWN else self.name
        self.words: frozenset[str] | None = None
        if service != OWN:
            given = {"port": port, "command": command, "environment": environment, "config": config}
            if wrong := [name for name, value in given.items() if value]:
                raise TargetError(
                    f"{wrong[0]} is for a service of your own: how Tasker's services are started is known here. "
                    "Add --target-option service=own"
                )
            postgres = postgres or images.postgres_image()
            port, default_image, cook = _KNOWN[service]
            image = image or default_image()
            self._cook: ContainerBuilder = cook(host_of(jwks_base_url), jwks_base_url)
        else:
            if not image or not 0 < port <= 65535:
                raise TargetError(
                    "service=own needs image, and port: the TCP port at which it listens in its container"
                )
            own = self._cook = any_service(command, environment, config, port)
            self.words = own.template.words
        self._image, self._port, self._postgres = image, port, postgres
        self._idp_image, self._jwks_base_url = idp_image or images.mock_idp_image(), jwks_base_url
        self._health_path, self._boot_seconds, self._log_folder = health_path, boot_seconds, log_folder
        self._with_migrations = service == TASKER_ORCHESTRATION
        self._services = RunningServices()
        self._shared = ExitStack()
        self._lock = threading.Lock()
        self._run_and_network: tuple[ContainerRun, Network] | None = None
        self._database_url: str | None = None

    def available(self) -> str | None:
        reason = why_not_usable([self._image, self._idp_image, *([self._postgres] if self._postgres else [])])
        return reason or (why_no_database_files() if self._with_migrations else None)

    def jwks_base_url(self, idp_port: int) -> str:
        return self._jwks_base_url

    def https_base_url(self, port: int) -> str:
        return f"https://{host_of(self._jwks_base_url)}"

    def start_idp(self) -> tuple[str, str]:
        """Start the identity provider in the services' network: its URL for this process, and its control token.

        The token is that of `MOCK_IDP_CONTROL_TOKEN`, if set. Raises `TargetError`.
        """
        from harness.container import MockIdpContainer

        with self._lock:
            run, network = self._common()
            idp = MockIdpContainer(
                self._idp_image,
                control_token=os.environ.get("MOCK_IDP_CONTROL_TOKEN"),
                network=network,
                alias=host_of(self._jwks_base_url),
                public_url=self._jwks_base_url,
                boot_seconds=self._boot_seconds,
                run=run,
            ).start()
            self._shared.callback(idp.stop)
            return idp.url, idp.control_token

    def start(self, config: ServiceConfig) -> ContainerService:
        """Start a container. Raises `TargetError` with its log when it ends, or is not healthy in time."""
        from harness.targets.container_service import start_service

        with self._lock:
            run, network = self._common()
            database_url = self._database(run, network)
        service = start_service(
            self._image,
            self._cook(config, database_url),
            self._port,
            self._health_path,
            run=run,
            network=network,
            boot_seconds=self._boot_seconds,
            log_folder=self._log_folder,
        )
        return self._services.add(service)

    def close(self) -> None:
        try:
            self._services.stop_all()
        finally:
            with self._lock:
                self._run_and_network = self._database_url = None
                self._shared.close()

    def _common(self) -> tuple[ContainerRun, Network]:
        """The run and the network of all containers, made with the first of them."""
        if self._run_and_network is None:
            if reason := self.available():
                raise TargetError(reason)
            from testcontainers.core.network import Network

            from harness.engine.container_run import ContainerRun
            from harness.engine.containers import clear_errors

            run = ContainerRun()
            self._shared.callback(run.close)
            with clear_errors(self._image):
                network = Network(docker_network_kw={"labels": run.labels})
                self._shared.callback(network._docker.client.close)
                network.create()
            self._shared.callback(network.remove)
            self._run_and_network = run, network
        return self._run_and_network

    def _database(self, run: ContainerRun, network: Network) -> str:
        """The URL of the PostgreSQL that all services share, started with the first; "" when they need none."""
        if not self._postgres:
            return ""
        if self._database_url is None:
            from harness.engine.containers import remove
            from harness.targets.container_service import start_postgres

            files = database_files() if self._with_migrations else None
            container, self._database_url = start_postgres(self._postgres, run, network, files)
            self._shared.callback(remove, container)
        return self._database_url
