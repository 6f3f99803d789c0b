"""The mock identity provider as a container, for suites that use testcontainers.

    with MockIdpContainer(style="auth0") as idp:
        my_service.start(jwks_url=idp.issuer().jwks_uri)

It stands in `harness`, not in `mock_idp`: its issuers are those of the pytest plugin, which speak HTTP to any running
provider, and `mock_idp` knows nothing of the harness. Needs the extra `docker` and a container engine.
"""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

try:
    from docker.errors import APIError
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.network import Network
except ImportError as problem:
    raise ImportError("harness.container needs testcontainers: pip install 'idp-harness[docker]'") from problem

from harness.base.errors import UsageError
from harness.engine.container_run import ContainerRun
from harness.engine.containers import LOG_CONFIG, clear_errors, host_of_ports, log_tail, publish, wait_until_healthy
from harness.engine.images import mock_idp_image
from harness.idp.client import IdpClient, IdpError, control_token_problem
from harness.idp.mock_issuer import MockIssuer
from harness.processes.ports import free_port
from harness.shown.foreign_text import foreign, lines_of

PORT = 9400
_HEALTH_PATH = "/_mock/health"
_ISSUERS_FILE = "/issuers.toml"
_ATTEMPTS = 5


class MockIdpContainer(DockerContainer):
    """A mock identity provider in a container of its own, for the length of a `with` block.

    `image`: default `MOCK_IDP_IMAGE`. `style`, `audience`: of the issuer that it starts with, whose id is `default`.
    `issuers`: a TOML file, or its text, with the issuers to start with; without `style` these are all. `control_token`:
    what the control API asks for, by default made up. `network`, `alias`: the network in which other containers know
    it by that name. `public_url`: what stands in documents and tokens; by default `internal_url` in a network, as the
    service that reads it is a container there, and else `url`. `boot_seconds`: how long it may take to be ready.
    Everything else is that of `DockerContainer`, its `with_...` methods included.

    Raises `UsageError` for options that don't go together and `TargetError`, with the container's log if there is one,
    when it does not start; then nothing of it is left.
    """

    def __init__(
        self,
        image: str | None = None,
        *,
        style: str | None = None,
        audience: str | None = None,
        issuers: Path | str | None = None,
        control_token: str | None = None,
        network: Network | None = None,
        alias: str = "mock-idp",
        public_url: str | None = None,
        boot_seconds: float = 30.0,
        run: ContainerRun | None = None,
        **options: Any,
    ) -> None:
        if control_token and (problem := control_token_problem(control_token)):
            raise IdpError(f"this is no control token: {problem}")
        with clear_errors(image := image or mock_idp_image()):
            super().__init__(image, network=network, network_aliases=[alias] if network else None, **options)
        self.control_token = control_token or secrets.token_urlsafe(16)
        self.alias = alias
        self._public_url, self._boot_seconds = public_url, boot_seconds
        self._given_run, self._own_run = run, ExitStack()
        self._client: IdpClient | None = None
        self._command = _command(style, audience, issuers is not None)
        if issuers is not None:
            text = issuers.read_bytes() if isinstance(issuers, Path) else issuers.encode()
            self.with_copy_into_container(text, _ISSUERS_FILE)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.image}>"

    @property
    def url(self) -> str:
        """Its address for this machine, below which the control API is, such as `http://127.0.0.1:49153`."""
        return self._running().url

    @property
    def internal_url(self) -> str:
        """Its address for other containers in its network, such as `http://mock-idp:9400`.

        Raises `UsageError` without a network: only in a network of one's own do containers know each other by name.
        """
        if self._network is None:
            raise UsageError("a MockIdpContainer without a network has no internal_url: give it network=Network()")
        return f"http://{self.alias}:{PORT}"

    def issuer(self, issuer_id: str = "default") -> MockIssuer:
        """An issuer that it started with, or that somebody made. Raises `IdpError` when there is none of that id."""
        return MockIssuer(self._running().issuer(issuer_id))

    def new_issuer(self, style: str, **settings: Any) -> MockIssuer:
        """Make one more, in the words of POST /_mock/issuers; `public_url=` is for one that is known by another URL.

        Raises `IdpError` that names the field when a setting is wrong.
        """
        return MockIssuer(self._running().create_issuer(style, **settings))

    def log_tail(self, lines: int = 40) -> str:
        """The end of its log, fit to be shown."""
        return "\n".join(lines_of(log_tail(self, lines), lines))

    def start(self) -> Self:
        """Start it; returns once it is ready. Raises `TargetError`."""
        try:
            run = self._given_run
            if run is None:
                run = ContainerRun()
                self._own_run.callback(run.close)
            self._kwargs["labels"] = {**self._kwargs.get("labels", {}), **run.labels}
            self._kwargs.setdefault("log_config", LOG_CONFIG)
            with clear_errors(self.image):
                self._start_on_free_port()
            url = wait_until_healthy(self, "the mock identity provider", PORT, _HEALTH_PATH, self._boot_seconds)
            self._client = IdpClient(url, self.control_token)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """End it and remove what is left of it. May be called again."""
        with self._own_run:
            if self._client is not None:
                self._client.close()
                self._client = None
            super().stop(force, delete_volume)
            self._container = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> IdpClient:
        if self._client is None:
            raise UsageError("the MockIdpContainer does not run: use it in a with block, or call start() first")
        return self._client

    def _start_on_free_port(self) -> None:
        """Start it; where its public URL has the port on this machine, that port is chosen here and now.

        The server has to know the URL before the engine could tell which port it chose.
        """
        assert isinstance(self._command, list)
        options = list(self._command)
        for attempt in range(_ATTEMPTS):
            port, public_url = self._address()
            publish(self, PORT, port)
            self.with_command([*options, "--public-url", public_url])
            self.with_env("MOCK_IDP_CONTROL_TOKEN", self.control_token)
            try:
                super().start()
                return
            except APIError as error:
                if port is None or attempt == _ATTEMPTS - 1 or "already" not in foreign(error.explanation):
                    raise
                if self._container is not None:  # Made, but somebody was faster with the port.
                    self._container.remove(v=True, force=True)
            finally:
                self.with_command(options)

    def _address(self) -> tuple[int | None, str]:
        """The port to publish on (`None`: any) and the public URL."""
        if self._public_url is not None or self._network is not None:
            return None, self._public_url or self.internal_url
        host = host_of_ports(self)
        if host is None:
            raise UsageError(
                "this process is in a container itself, so the address of a MockIdpContainer isn't known before it "
                "runs: give it the network that the service under test is in, or say public_url"
            )
        port = free_port()
        return port, f"http://{host}:{port}"


def _command(style: str | None, audience: str | None, has_file: bool) -> list[str]:
    command = ["serve", "--host", "0.0.0.0", "--port", str(PORT), "--allow-remote"]
    command += ["--style", style] if style else []
    command += ["--audience", audience] if audience else []
    return command + (["--issuers", _ISSUERS_FILE] if has_file else [])
