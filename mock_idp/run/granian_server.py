"""Running the application on granian, inside this process and its event loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from mock_idp.run.rsgi import RsgiApplication
from mock_idp.run.stop_signals import on_stop_signal
from mock_idp.server.wsgi import MockIdpWsgi

MAX_CONNECTIONS = 8192
# What the process has open besides, and what faults take away from granian.
_OTHER_FILES = 128
_BACKLOG = 1024
_START_SECONDS = 10.0
# Of each generation, as in gc.set_threshold.
_GC_THRESHOLD = (20_000, 50, 50)


def run(wsgi: MockIdpWsgi, host: str, port: int, max_body_bytes: int, ready: Callable[[], None]) -> None:
    """Serve on `host` and `port` until SIGTERM or Ctrl-C; `ready` is called in a thread once the port answers."""
    # What is there by now stays, and most of what comes stays in the request log for long: looking through all of it
    # for cycles as often as Python does by default is a tenth of the work of a JWKS.
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLD)
    asyncio.run(_serve(wsgi, host, port, max_body_bytes, ready))


async def _serve(wsgi: MockIdpWsgi, host: str, port: int, max_body_bytes: int, ready: Callable[[], None]) -> None:
    application = RsgiApplication(wsgi, max_body_bytes)
    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        # granian calls it pressure, but it's connections that are counted, and the next ones wait in the backlog.
        backpressure=_connections(),
        log_enabled=False,
    )

    def stop() -> None:
        # First what hangs: granian waits for the requests it has.
        wsgi.close()
        application.stop_reading()
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it without types.

    loop = asyncio.get_running_loop()
    on_stop_signal(loop, stop)
    serving = loop.create_task(server.serve())
    try:
        await _until_listening(host, port, serving)
        await loop.run_in_executor(None, ready)
        await serving
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await serving
        application.close()


def _connections() -> int:
    """How many connections this process can hold, `MAX_CONNECTIONS` if it may open that many files."""
    try:
        import resource
    except ImportError:
        return MAX_CONNECTIONS  # Windows has no such limit.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(min(MAX_CONNECTIONS, soft - _OTHER_FILES), 16)


async def _until_listening(host: str, port: int, serving: asyncio.Task[None]) -> None:
    """Wait until the port takes a connection. Raises OSError when it does not for too long, or what granian raised."""
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            # granian binds in a thread of its own and does not say when; this is its only sign.
            await asyncio.wait([serving], timeout=0.002)
        else:
            writer.close()
            await writer.wait_closed()
            return
    # It gave up: say why.
    serving.result()
