"""A service that runs as a guarded process, and the set of those that a target has running."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol, TypeVar

from harness.base.errors import TargetError
from harness.processes.guarded_process import GuardedProcess
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import ForeignText
from harness.wire.grpc_address import GrpcAddress


class GuardedService:
    """A running service; see `harness.targets.base.Service`.

    `missing` says what it needs and that is gone; `folder` goes with the service; `grpc_address` is where it serves
    gRPC.
    """

    def __init__(
        self,
        base_url: str,
        process: GuardedProcess,
        log: ServiceLog,
        secrets: tuple[str, ...] = (),
        *,
        missing: Callable[[], str | None] = lambda: None,
        folder: ScratchFolder | None = None,
        grpc_address: GrpcAddress | None = None,
    ) -> None:
        self.base_url = base_url
        self.grpc_address = grpc_address
        self.pid = process.pid
        self.secrets = secrets
        self._process, self._log, self._missing = process, log, missing
        self._folder = folder

    def __repr__(self) -> str:
        return f"<service {self.base_url} pid {self.pid}>"

    def stop(self) -> None:
        self._process.stop()
        self._log.close()
        if self._folder is not None:
            self._folder.remove()

    def log_tail(self, lines: int = 40) -> ForeignText:
        return self._log.tail(lines)

    def alive(self) -> bool:
        return self._process.alive()

    def ended_by_others(self) -> str | None:
        return self._process.ended_by_others() or self._missing()

    def rss_bytes(self) -> int | None:
        return self._process.rss_bytes()

    def peak_rss_bytes(self) -> int | None:
        return self._process.peak_rss_bytes()


class Stoppable(Protocol):
    def stop(self) -> None: ...

    def alive(self) -> bool: ...


S = TypeVar("S", bound=Stoppable)


class RunningServices:
    """What a target has started; threads may add to it, also what is only on its way up: it ends with the others."""

    def __init__(self) -> None:
        self._services: list[Stoppable] = []
        self._lock = threading.Lock()
        self._over = False

    def check_not_over(self) -> None:
        """Raise `TargetError` after `stop_all`: what would be started now nobody would end before it is up."""
        if self._over:
            raise TargetError("the target was ended while a service started")

    def add(self, service: S) -> S:
        with self._lock:
            for ended in [one for one in self._services if not one.alive()]:
                ended.stop()  # At once when it was stopped before; else it lets go of its log and folder.
                self._services.remove(ended)
            self._services.append(service)
        return service

    def stop_all(self) -> None:
        """Stop every service that was added, also when stopping one of them fails."""
        with self._lock:
            self._over = True
            services, self._services = self._services, []
        with ExitStack() as stack:
            for service in services:
                stack.callback(service.stop)
