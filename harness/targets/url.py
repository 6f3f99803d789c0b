"""A service that runs already and that the harness can neither configure nor restart."""

from __future__ import annotations

import threading
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.processes.readiness import HEALTH_PATH, health_state, wait_until
from harness.shown.foreign_text import ForeignText
from harness.targets.base import ServiceConfig
from harness.wire.grpc_address import GrpcAddress
from harness.wire.grpc_library import why_not_installed

if TYPE_CHECKING:
    from harness.shown.foreign_text import ForeignText
from harness.targets.base import Target


class RunningService:
    """The service at an address; see `harness.targets.base.Service`. Its process and its log are out of
    reach.
    """

    pid = None
    secrets: tuple[str, ...] = ()

    def __init__(
        self, base_url: str, health_path: str, grpc_address: GrpcAddress | None = None, *, any_status: bool = False
    ) -> None:
        self.base_url, self.grpc_address = base_url, grpc_address
        self._health_path, self._any_status = health_path, any_status

    def stop(self) -> None:
        """Do nothing: it is not ours to end."""

    def log_tail(self, lines: int = 40) -> ForeignText:
        return ForeignText("")

    def alive(self) -> bool:
        return health_state(self.base_url, self._health_path, any_status=self._any_status)[0]

    def rss_bytes(self) -> None:
        return None

    def peak_rss_bytes(self) -> None:
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_on_this_machine(target: Target) -> bool:
    """Whether what listens on this machine's loopback interface is within reach of the service."""
    return not isinstance(target, UrlTarget) or target.is_local


class UrlTarget:
    """The service at `base_url` (http or https). It must already trust the issuer that tokens come from.

    `jwks_base_url` is the URL under which it knows the identity provider, with `{port}` for its port; `https_base_url`
    likewise for one behind TLS. `health_path` has to answer 200 within `wait_seconds`; with `health_status="any"` every
    answer below 500 will do. `grpc_address` is HOST:PORT of its gRPC server, https://HOST:PORT over TLS, with the
    authorities in `grpc_ca_file` in place of the usual ones.
    """

    name = "url"
    can_restart = False
    can_trust_ca = False

    def __init__(
        self,
        base_url: str,
        *,
        jwks_base_url: str = "http://127.0.0.1:{port}",
        https_base_url: str = "https://localhost:{port}",
        health_path: str = HEALTH_PATH,
        health_status: str = "200",
        wait_seconds: float = 10.0,
        grpc_address: str | None = None,
        grpc_ca_file: str = "",
        profile: str = "url",
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise TargetError(f"base_url {base_url!r} is not the address of a service, such as http://127.0.0.1:8081")
        self.profile = profile
        self._grpc_address = GrpcAddress.read(grpc_address, grpc_ca_file) if grpc_address else None
        self.why_no_grpc = "" if grpc_address else "no option grpc_address says where the service serves gRPC"
        self._base_url = base_url.rstrip("/")
        self._jwks_base_url, self._https_base_url = jwks_base_url, https_base_url
        self._health_path, self._wait_seconds = health_path, wait_seconds
        self._any_status = health_status == "any"
        self._wanted = "a status below 500" if self._any_status else "200"
        self.is_local = _is_loopback(parts.hostname)
        self._config: ServiceConfig | None = None
        self._lock = threading.Lock()

    def available(self) -> str | None:
        healthy, state = self._health()
        if not healthy:
            return f"GET {self._base_url}{self._health_path} does not answer {self._wanted}: {state}"
        if self._grpc_address is None or why_not_installed():
            return None
        reason = self._grpc_address.why_not_reached()
        return f"gRPC: {reason} (options grpc_address and grpc_ca_file)" if reason else None

    def _health(self) -> tuple[bool, str]:
        return health_state(self._base_url, self._health_path, any_status=self._any_status)

    def jwks_base_url(self, idp_port: int) -> str:
        return self._jwks_base_url.replace("{port}", str(idp_port))

    def https_base_url(self, port: int) -> str:
        return self._https_base_url.replace("{port}", str(port))

    def start(self, config: ServiceConfig) -> RunningService:
        """The running service. Raises `TargetError` when it is not healthy, or for a second, different
        `config`.
        """
        with self._lock:
            config = replace(config, grpc=False)  # Whether it serves gRPC, nobody chooses here.
            if self._config not in (None, config):
                raise TargetError(
                    f"the service at {self._base_url} runs already and can't be given another "
                    "configuration; use a target that starts services for this"
                )

            def missing() -> str | None:
                healthy, state = self._health()
                return None if healthy else state

            pause = threading.Event()  # Nothing ends it: the wait is for the service's answer, with a deadline.
            if state := wait_until(missing, pause.wait, self._wait_seconds):
                raise TargetError(
                    f"the service at {self._base_url} did not answer GET {self._health_path} with {self._wanted} "
                    f"within {self._wait_seconds:g} s; last state: {state}"
                )
            self._config = config
            return RunningService(self._base_url, self._health_path, self._grpc_address, any_status=self._any_status)

    def close(self) -> None:
        """Do nothing: the service is not ours to end."""
