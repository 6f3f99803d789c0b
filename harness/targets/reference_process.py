"""A reference service as a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from harness.base.errors import TargetError
from harness.processes.guarded_process import GuardedProcess, clean_environment
from harness.processes.own_port import wait_for_other_port, wait_until_healthy
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.targets.guarded_service import GuardedService, RunningServices
from harness.targets.toml_text import toml_tables
from harness.wire.grpc_address import GrpcAddress

_SETTINGS = "settings.toml"
_BOOT_SECONDS = 30.0


def start_reference_process(
    table: Mapping[str, Any],
    faults: Sequence[str],
    secrets: tuple[str, ...],
    services: RunningServices,
    variables: Mapping[str, str],
    grpc_ca_file: str = "",
) -> GuardedService:
    """Run `python -m harness.reference` with these settings, faults and variables of its environment.

    `grpc_ca_file` is what to trust for its gRPC over TLS. It is added to `services`. Returns once it is healthy. Raises
    `TargetError` with its log when it ends or is not healthy in time.
    """
    scratch = ScratchFolder()
    command = [sys.executable, "-P", "-m", "harness.reference", "--settings", str(scratch.path / _SETTINGS)]
    command += [word for name in faults for word in ("--fault", name)]
    with ExitStack() as undo:
        log = ServiceLog("reference")
        undo.callback(log.close)
        process = services.add(
            GuardedProcess(
                command,
                environment=clean_environment(dict(variables)),
                log=log,
                scratch=scratch,
                prepare=lambda: scratch.write_secret(_SETTINGS, toml_tables(table)),
            )
        )
        undo.callback(process.stop)
        base_url, missing = wait_until_healthy(process, _BOOT_SECONDS)
        if missing is not None:
            status = process.exit_status()
            raise TargetError(f"the reference service does not start (exit status {status}): {missing}", log.tail())
        address = None
        if table.get("grpc_enabled"):
            address = GrpcAddress.read(wait_for_other_port(process, base_url, _BOOT_SECONDS), grpc_ca_file)
        service = services.add(GuardedService(base_url, process, log, secrets, grpc_address=address))
        undo.pop_all()
    return service
