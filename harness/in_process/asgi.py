"""Calls an ASGI app (version 3), on an event loop of its own in a thread of its own, with its lifespan."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from harness.base.errors import TargetError
from harness.in_process.app_log import AppLog
from harness.in_process.incoming import Incoming
from harness.in_process.pending import Pending
from harness.processes.readiness import LONGER
from harness.shown.foreign_text import foreign

Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
_VERSIONS = {"version": "3.0", "spec_version": "2.3"}
# A loop that doesn't end by then, as a thread of the app's still waits for something, ends with the process.
_LAST_SECONDS = 5.0


class AsgiServing:
    """An ASGI app that is called. `host` is what it is called by.

    The constructor returns when the app has started. Raises `TargetError` when it says that it can't, or doesn't say
    within `boot_seconds` that it has.
    """

    def __init__(self, app: AsgiApp, log: AppLog, host: str, boot_seconds: float) -> None:
        self._app, self._log, self._host = app, log, host
        self._state: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._started: Future[str] = Future()
        self._ending: asyncio.Event | None = None
        self._context: contextvars.Context | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="asgi-loop", daemon=True)
        self._thread.start()
        try:
            problem = self._started.result(boot_seconds)
        except TimeoutError:
            problem = f"the app's lifespan did not start within {boot_seconds:g} s; {LONGER}"
        if problem:
            self.stop()
            raise TargetError(problem, log.tail(40))

    def begin(self, request: Incoming) -> Pending:
        """Let the app answer; doesn't wait for it."""
        pending = Pending(request.method)
        assert self._loop is not None  # It has started.
        self._loop.call_soon_threadsafe(self._serve, request, pending, context=self._context)
        return pending

    def stop(self) -> None:
        """End the app's lifespan and what still runs."""
        if self._loop is not None and self._ending is not None:
            with suppress(RuntimeError):  # The loop has ended already.
                self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(_LAST_SECONDS)

    # On the loop

    def _run(self) -> None:
        try:
            with self._log.serving(), asyncio.Runner() as runner:
                runner.run(self._live())
        except BaseException as problem:
            self._log.exception(problem)
        finally:
            if not self._started.done():
                self._started.set_result("the event loop of the app has ended before it started")

    async def _live(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._context = contextvars.copy_context()
        lifespan = _Lifespan(self._app, self._log, self._state)
        problem = await lifespan.start()
        self._started.set_result(problem)
        if not problem:
            await self._ending.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await lifespan.end()

    def _serve(self, request: Incoming, pending: Pending) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(request, pending))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: Incoming, pending: Pending) -> None:
        over = asyncio.Event()
        body: list[bytes] = [request.body]
        pending.result.add_done_callback(lambda _: self._say_over(over))

        async def receive() -> Message:
            if body:
                return {"type": "http.request", "body": body.pop(), "more_body": False}
            await over.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                pending.start(int(message["status"]), message.get("headers", ()))
            elif message["type"] == "http.response.body":
                pending.add(message.get("body", b""))
                if not message.get("more_body", False):
                    pending.end()

        self._log.listen_on()
        try:
            await self._app(self._scope(request), receive, send)
            if not pending.is_over:
                pending.fail()
        except Exception as problem:
            self._log.exception(problem)
            pending.fail()
        except BaseException:  # The loop ends.
            pending.fail()
            raise

    def _say_over(self, over: asyncio.Event) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # The loop has ended.
            self._loop.call_soon_threadsafe(over.set)

    def _scope(self, request: Incoming) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": dict(_VERSIONS),
            "http_version": "1.1",
            "method": request.method,  # As uvicorn hands it on; ASGI has capitals, which would hide another method.
            "scheme": "http",
            "path": str(request.path, "utf-8", "replace"),
            "raw_path": request.raw_path,
            "query_string": request.query,
            "root_path": "",
            "headers": list(request.headers),
            "client": request.peer,
            "server": (self._host, 80),
            "state": dict(self._state),
        }


class _Lifespan:
    """The lifespan of an app; one that knows nothing of it does without."""

    def __init__(self, app: AsgiApp, log: AppLog, state: dict[str, Any]) -> None:
        self._app, self._log, self._state = app, log, state
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._said: asyncio.Queue[Message | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Why the app refuses to start; "" when it has started."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        await self._to_app.put({"type": "lifespan.startup"})
        said = await self._said.get()
        if said is None or said["type"] == "lifespan.startup.complete":
            return ""
        lines = str(said.get("message", "")).strip().splitlines()
        self._log.write("\n".join(lines))
        return f"the app refuses to start: {foreign(lines[-1]) if lines else 'it gives no reason'}"

    async def end(self) -> None:
        """Let the app end what it has started."""
        if self._task is not None and not self._task.done():
            await self._to_app.put({"type": "lifespan.shutdown"})
            await self._said.get()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": dict(_VERSIONS), "state": self._state}
        try:
            await self._app(scope, self._to_app.get, self._said.put)
        except Exception as problem:  # It knows no lifespan, or has said before what was wrong.
            self._log.write(f"{type(problem).__name__} in the app's lifespan")
        finally:
            self._said.put_nowait(None)
