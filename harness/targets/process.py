"""Any service that a command line starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from harness.base.errors import TargetError
from harness.base.own_environment import own_environment
from harness.processes import ports
from harness.processes.guarded_process import GuardedProcess
from harness.processes.readiness import HEALTH_PATH, LONGER, health_state, wait_until
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.targets.base import ServiceConfig
from harness.targets.grpc_certificate import GrpcCertificate
from harness.targets.guarded_service import GuardedService, RunningServices
from harness.targets.service_template import GRPC_FILES, WORDS, config_words, service_template, told_secrets
from harness.wire.grpc_address import GrpcAddress

# Files that the target writes for one service, and where they stand.
_FILES = ("public_key_file", "config_file")
_PUBLIC_KEY, _CONFIG = "idp-public-key.pem", "idp-config"
PLACEHOLDERS = (*WORDS, *GRPC_FILES, *_FILES)


class ProcessTarget:
    """Starts a command line once for each service, in this process's environment.

    Words like `{issuer}` in `command` are replaced (`PLACEHOLDERS`), as they are in `environment` (NAME=VALUE, several
    apart as in a shell) and in `config` (FILE:PATH: a copy of FILE with the name that ends PATH, in a folder of each
    service's own; `{config_file}` says where). `{port}` must be among them: the service has to listen there, on
    127.0.0.1 (with gRPC at `{grpc_port}`). A string is split as a shell would, but no shell runs it. Its gRPC is called
    over TLS where it is given a certificate (`{grpc_cert_file}`, `{grpc_key_file}`), or `grpc_ca_file` says what to
    trust. `jwks_base_url` is the URL of the identity provider as the service must know it, with `{port}` for its port,
    `https_base_url` that of one behind TLS; `{ca_file}` among the words says that it can be told which CA to trust.
    `health_path` answers 200 when the service is ready, within `boot_seconds`; with `health_status="any"` every answer
    below 500 will do. `log_folder` keeps the logs as files.
    """

    name = "process"
    can_restart = True

    def __init__(
        self,
        command: str | Sequence[str],
        *,
        environment: str = "",
        config: str = "",
        jwks_base_url: str = "http://127.0.0.1:{port}",
        https_base_url: str = "https://localhost:{port}",
        health_path: str = HEALTH_PATH,
        health_status: str = "200",
        boot_seconds: float = 30.0,
        log_folder: Path | None = None,
        grpc_ca_file: str = "",
        profile: str = "process",
    ) -> None:
        self.profile = profile
        file, _, place = config.rpartition(":")
        if config and not (file and Path(place).name):
            raise TargetError(f"config {config!r} is not FILE:PATH, such as service.toml:settings.toml")
        self._template = template = service_template(command, environment, config, PLACEHOLDERS)
        self._config_name = Path(place).name or _CONFIG
        if not template.command:
            raise TargetError("the command of the process target is empty")
        self.words = template.words
        if "port" not in template.words:
            raise TargetError(
                "the command has no placeholder {port}; the service has to listen on a port that the "
                "harness chooses, so that several can run side by side"
            )
        if config and "config_file" not in template.words:
            raise TargetError(
                "config names a file, and {config_file}, where its copy stands, is nowhere in the command"
            )
        self.can_trust_ca = "ca_file" in template.words
        said = "grpc_port" in template.words
        self.why_no_grpc = "" if said else "its command line, environment or file has no {grpc_port}"
        self._grpc_ca_file, self._certificate = grpc_ca_file, GrpcCertificate()
        self._jwks_base_url, self._https_base_url = jwks_base_url, https_base_url
        self._health_path, self._boot_seconds, self._log_folder = health_path, boot_seconds, log_folder
        self._any_status = health_status == "any"
        self._services = RunningServices()

    def available(self) -> str | None:
        return None if os.name == "posix" else "the process target needs Linux or macOS"

    def jwks_base_url(self, idp_port: int) -> str:
        return self._jwks_base_url.replace("{port}", str(idp_port))

    def https_base_url(self, port: int) -> str:
        return self._https_base_url.replace("{port}", str(port))

    def start(self, config: ServiceConfig) -> GuardedService:
        """Start the command. Raises `TargetError` with its log when it ends, or is not healthy in time."""
        if reason := self.available():
            raise TargetError(reason)
        return self._services.add(ports.start_on_free_port(lambda port: self._start_on(port, config)))

    def close(self) -> None:
        self._services.stop_all()
        self._certificate.close()

    def _start_on(self, port: int, config: ServiceConfig) -> GuardedService:
        self._services.check_not_over()  # A service that was ended on its way up has left its port to another one.
        with ExitStack() as undo:
            log = ServiceLog(self.name, self._log_folder)
            undo.callback(log.close)
            folder = ScratchFolder() if self.words & {*_FILES} else None
            grpc_port = ports.free_port() if "grpc_port" in self.words else 0
            ca_file, certificate = self._grpc_files()
            known = {**config_words(port, config, grpc_port), **certificate, **self._places(folder)}
            filled = self._template.filled(known)
            if folder is not None:
                undo.callback(folder.remove)
                folder.make()
                folder.write_secret(_PUBLIC_KEY, config.public_key_pem)
                folder.write_secret(self._config_name, filled.file)
            environment = {**own_environment(), **filled.environment}
            process = self._services.add(GuardedProcess(filled.command, environment=environment, log=log))
            undo.callback(process.stop)
            base_url = f"http://{ports.LOOPBACK}:{port}"
            self._wait_until_healthy(process, log, base_url, port)
            if config.grpc:
                self._wait_for_grpc(process, log, grpc_port)
            secrets = told_secrets(self._template, config)
            address = GrpcAddress.read(f"{ports.LOOPBACK}:{grpc_port}", ca_file) if config.grpc else None
            if address is not None and self._grpc_ca_file and (reason := address.why_not_reached()):
                raise TargetError(f"gRPC: {reason} (option grpc_ca_file)", log.tail())
            service = GuardedService(base_url, process, log, secrets, folder=folder, grpc_address=address)
            undo.pop_all()
        return service

    def _places(self, folder: ScratchFolder | None) -> dict[str, str]:
        """Where the files of one service stand."""
        if folder is None:
            return {}
        names = (_PUBLIC_KEY, self._config_name)
        return {word: str(folder.path / name) for word, name in zip(_FILES, names, strict=True)}

    def _grpc_files(self) -> tuple[str, dict[str, str]]:
        """What to trust for gRPC ("" where it is in the clear), and the words for the certificate to be shown there."""
        if not self.words.intersection(GRPC_FILES):
            return self._grpc_ca_file, {}
        ca, *pair = self._certificate.files()
        return self._grpc_ca_file or ca, dict(zip(GRPC_FILES, pair, strict=True))

    def _wait_for_grpc(self, process: GuardedProcess, log: ServiceLog, port: int) -> None:
        """Wait until the service, and nobody else, listens on the port that it was told for gRPC."""

        def missing() -> str | None:
            return None if ports.holders(port) else f"nobody listens on port {port}"

        state = wait_until(missing, process.wait, self._boot_seconds)
        if ports.holders(port) - {one.pid for one in process.processes()}:
            raise ports.PortTakenError(f"port {port} was taken by {ports.describe_holder(port)}", log.tail())
        if state is not None:
            raise TargetError(
                f"the service serves no gRPC within {self._boot_seconds:g} s: {state}; {LONGER}", log.tail()
            )

    def _wait_until_healthy(self, process: GuardedProcess, log: ServiceLog, base_url: str, port: int) -> None:
        def missing() -> str | None:
            healthy, state = health_state(base_url, self._health_path, any_status=self._any_status)
            return None if healthy else state

        state = wait_until(missing, process.wait, self._boot_seconds)
        strangers = ports.holders(port) - {one.pid for one in process.processes()}
        if strangers:
            raise ports.PortTakenError(
                f"port {port} was taken by {ports.describe_holder(port)} while the service started",
                log.tail(),
            )
        if state is None:
            return
        if (status := process.exit_status()) is not None:
            raise TargetError(f"the service ended with status {status} while starting", log.tail())
        raise TargetError(
            f"the service did not answer GET {self._health_path} with "
            f"{'a status below 500' if self._any_status else 200} within {self._boot_seconds:g} s; "
            f"last state: {state}; {LONGER}",
            log.tail(),
        )
