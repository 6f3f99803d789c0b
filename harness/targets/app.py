"""An app of somebody's own that is called in this process, under WSGI or ASGI."""

from __future__ import annotations

import inspect
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from harness.base.errors import TargetError
from harness.in_process.app_log import AppLog
from harness.in_process.asgi import AsgiServing
from harness.in_process.connection import AppConnection, Serving
from harness.in_process.wsgi import WsgiServing
from harness.shown.foreign_text import ForeignText, foreign
from harness.targets.app_factory import app_source, checked_app, is_asgi
from harness.targets.base import ServiceConfig
from harness.targets.config_secrets import planted_secrets
from harness.targets.guarded_service import RunningServices

# The name that test clients of Django and Starlette call themselves by: Django knows it in every test.
HOST = "testserver"
_SLICE_SECONDS = 0.2
# Apps that share settings of their process: one of them at a time, whoever asks.
_ALONE = threading.Lock()


class AppService:
    """An app that is called; see `harness.targets.base.Service`. It has neither a process nor a socket."""

    pid = None

    def __init__(
        self, serving: Serving, log: AppLog, host: str, secrets: tuple[str, ...], ended: Callable[[], None]
    ) -> None:
        self.base_url, self.secrets, self.stays = f"http://{host}", secrets, False
        self._serving, self._log, self._ended = serving, log, ended
        self._alive = True

    def connection(self, ended: threading.Event) -> AppConnection:
        """As `harness.targets.base.CalledHere.connection`."""
        return AppConnection(self.base_url, self._serving, ended)

    def stop(self) -> None:
        """End it; an app that was there before stays for the next session."""
        if not self.stays:
            self.end()

    def end(self) -> None:
        """End it."""
        if self._alive:
            self._alive = False
            try:
                self._serving.stop()
            finally:
                self._log.close()
                self._ended()

    def log_tail(self, lines: int = 40) -> ForeignText:
        return self._log.tail(lines)

    def alive(self) -> bool:
        return self._alive

    def rss_bytes(self) -> None:
        return None

    def peak_rss_bytes(self) -> None:
        return None


class _Made:
    """What a function made: an app, with what stands behind the `yield` where there is one."""

    def __init__(self, made: Any) -> None:
        self._rest = made if inspect.isgenerator(made) else None
        self.app = next(made) if self._rest is not None else made

    def end(self) -> None:
        if self._rest is not None:
            with suppress(StopIteration):
                next(self._rest)
            self._rest.close()


class AppTarget:
    """Calls a WSGI or an ASGI app in this process.

    `app` is a function whose parameters are words like `issuer` and `jwks_url` and that returns an app for them, or
    yields one and clears up behind that; it is called once for each service. Or it is one app that trusts an issuer
    already, and can't be given another configuration; or the `module:name` of either. `one_at_a_time` is for apps that
    share settings of their process, so that no two may be there at once. They are called by the name `host`; an ASGI
    app starts within `boot_seconds`.
    """

    name = "app"
    why_no_socket = "the app is called in process: there is no socket to write bytes to"

    def __init__(
        self,
        app: Any,
        *,
        one_at_a_time: bool = False,
        host: str = HOST,
        boot_seconds: float = 30.0,
        profile: str = "app",
    ) -> None:
        self.profile, self.one_at_a_time = profile, one_at_a_time
        self._given, self._host, self._boot_seconds = app, host, boot_seconds
        self._source = app_source(app)
        self.can_restart = self._source.make is not None
        self.can_trust_ca = "ca_file" in self._source.words
        self.cannot_set = self._source.cannot_set if self.can_restart else {}
        self.words = frozenset(self._source.words) if self.can_restart else None
        self._services = RunningServices()
        self._only: tuple[ServiceConfig, AppService] | None = None
        self._starting = threading.Lock()

    def available(self) -> str | None:
        return None

    def jwks_base_url(self, idp_port: int) -> str:
        return f"http://127.0.0.1:{idp_port}"

    def https_base_url(self, port: int) -> str:
        return f"https://localhost:{port}"

    def start(self, config: ServiceConfig) -> AppService:
        """An app that trusts what `config` says. Raises `TargetError` when it isn't made or refuses to start, and for
        a second configuration of an app that is there already.
        """
        if self.can_restart:
            return self._services.add(self._start(config))
        with self._starting:
            config = replace(config, grpc=False)
            if self._only is None:
                self._only = config, self._start(config)
                self._only[1].stays = True
            known, service = self._only
            if known != config:
                raise TargetError("the app is there already and can't be given another configuration: give a function")
            return service

    def close(self) -> None:
        self._services.stop_all()
        with self._starting:
            if self._only is not None:
                self._only[1].end()

    def _start(self, config: ServiceConfig) -> AppService:
        alone = self.one_at_a_time
        while alone and not _ALONE.acquire(timeout=_SLICE_SECONDS):
            self._services.check_not_over()
        log, made = AppLog(), None
        try:
            self._services.check_not_over()
            made = self._make(config)
            log.open()
            app = checked_app(made.app, self._given)
            if is_asgi(app):
                serving: Serving = AsgiServing(app, log, self._host, self._boot_seconds)
            else:
                serving = WsgiServing(app, log, self._host)
        except BaseException:
            log.close()
            if made is not None:
                made.end()
            if alone:
                _ALONE.release()
            raise

        def ended() -> None:
            try:
                made.end()
            finally:
                if alone:
                    _ALONE.release()

        told = replace(
            config, api_keys=config.api_keys if "api_keys" in self._source.words else (), decryption_key_pem=""
        )
        return AppService(serving, log, self._host, planted_secrets(told), ended)

    def _make(self, config: ServiceConfig) -> _Made:
        if self._source.make is None:
            return _Made(self._source.app)
        try:
            return _Made(self._source.make(**self._source.arguments(config)))
        except (Exception, SystemExit) as problem:  # So it refuses to start.
            said = f"{type(problem).__name__}: {foreign(problem)}"
            raise TargetError(f"the app isn't made: {said}", "".join(traceback.format_exception(problem))) from problem
