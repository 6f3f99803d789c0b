"""Any service that a command line starts."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from harness.base.errors import TargetError
from harness.grammar.toml_source import nearest
from harness.processes import ports
from harness.processes.guarded_process import GuardedProcess
from harness.processes.readiness import HEALTH_PATH, health_state, wait_until
from harness.processes.service_log import ServiceLog
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import planted_secrets
from harness.targets.guarded_service import GuardedService, RunningServices

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# The fields of a ServiceConfig that fit in a command line; API keys are secrets and do not.
_CONFIG_WORDS = (
    "issuer",
    "jwks_url",
    "audience",
    "permissions_claim",
    "strict_validation",
    "allowed_algorithms",
    "verification",
    "refresh_seconds",
    "max_stale_seconds",
    "api_key_header",
    "idp_address",
    "discovery_url",
    "second_issuer",
    "second_jwks_url",
    "ca_file",
    "tls_address",
    "allow_http",
    "guard_private_hosts",
    "defect",
)
PLACEHOLDERS = ("port", *_CONFIG_WORDS)


class ProcessTarget:
    """Starts a command line once for each service, in this process's environment.

    Words like `{issuer}` in `command` are replaced (`PLACEHOLDERS`); `{port}` must be among them: the service has to
    listen there, on 127.0.0.1. A string is split as a shell would, but no shell runs it. `jwks_base_url` is the URL of
    the identity provider as the service must know it, with `{port}` for its port, `https_base_url` that of one behind
    TLS; `{ca_file}` among the words says that it can be told which CA to trust. `health_path` answers 200 when the
    service is ready, within `boot_seconds`. `log_folder` keeps the logs as files.
    """

    name = "process"
    can_restart = True

    def __init__(
        self,
        command: str | Sequence[str],
        *,
        jwks_base_url: str = "http://127.0.0.1:{port}",
        https_base_url: str = "https://localhost:{port}",
        health_path: str = HEALTH_PATH,
        boot_seconds: float = 30.0,
        log_folder: Path | None = None,
        profile: str = "process",
    ) -> None:
        self.profile = profile
        self._command = shlex.split(command) if isinstance(command, str) else list(command)
        if not self._command:
            raise TargetError("the command of the process target is empty")
        used = {name for word in self._command for name in _PLACEHOLDER.findall(word)}
        for name in sorted(used.difference(PLACEHOLDERS)):
            raise TargetError(f"the command has an unknown placeholder {{{name}}}{nearest(name, PLACEHOLDERS)}")
        if "port" not in used:
            raise TargetError(
                "the command has no placeholder {port}; the service has to listen on a port that the "
                "harness chooses, so that several can run side by side"
            )
        self.can_trust_ca = "ca_file" in used
        self._jwks_base_url, self._https_base_url = jwks_base_url, https_base_url
        self._health_path, self._boot_seconds, self._log_folder = health_path, boot_seconds, log_folder
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

    def _start_on(self, port: int, config: ServiceConfig) -> GuardedService:
        with ExitStack() as undo:
            log = ServiceLog(self.name, self._log_folder)
            undo.callback(log.close)
            command = filled_in(self._command, port, config)
            process = self._services.add(GuardedProcess(command, environment=os.environ, log=log))
            undo.callback(process.stop)
            base_url = f"http://{ports.LOOPBACK}:{port}"
            self._wait_until_healthy(process, log, base_url, port)
            service = GuardedService(base_url, process, log, without_key_secrets(config))
            undo.pop_all()
        return service

    def _wait_until_healthy(self, process: GuardedProcess, log: ServiceLog, base_url: str, port: int) -> None:
        def missing() -> str | None:
            healthy, state = health_state(base_url, self._health_path)
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
            f"the service did not answer GET {self._health_path} with 200 within {self._boot_seconds:g} s; "
            f"last state: {state}",
            log.tail(),
        )


def filled_in(command: Sequence[str], port: int, config: ServiceConfig) -> list[str]:
    """The command with its placeholders replaced; a list is joined by commas, a boolean is `true` or `false`."""
    words = config_words(port, config)
    return [_PLACEHOLDER.sub(lambda match: words[match[1]], word) for word in command]


def config_words(port: int, config: ServiceConfig) -> Mapping[str, str]:
    """What stands for each of `PLACEHOLDERS`."""
    return {"port": str(port), **{name: _text(getattr(config, name)) for name in _CONFIG_WORDS}}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def without_key_secrets(config: ServiceConfig) -> tuple[str, ...]:
    """The user information of the URLs; API keys and private keys never reach the command line."""
    return planted_secrets(replace(config, api_keys=(), decryption_key_pem=""))
