"""Running the application over TLS, on the small server of this package.

granian ends TLS out of our reach, so that no fault could take a connection away and go on in the middle of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mock_idp.http11.server import HttpServer
from mock_idp.run.stop_signals import on_stop_signal
from mock_idp.server.wsgi import MockIdpWsgi


def run(wsgi: MockIdpWsgi, server: HttpServer, ready: Callable[[], None]) -> None:
    """Answer until SIGTERM or Ctrl-C; `ready` is called in a thread once the server does."""
    asyncio.run(_serve(wsgi, server, ready))


async def _serve(wsgi: MockIdpWsgi, server: HttpServer, ready: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    on_stop_signal(loop, stop.set)
    server.start(wsgi, wsgi.errors.append)
    try:
        await loop.run_in_executor(None, ready)
        await stop.wait()
    finally:
        # First what hangs: its connections end with it.
        wsgi.close()
        server.close()
