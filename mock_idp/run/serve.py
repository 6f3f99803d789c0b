"""`mock-idp serve`: the server in a process of its own.

Everything runs in this one process, so nothing can be left behind, whatever signal ends it.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mock_idp.errors import MockIdpError, bad_field
from mock_idp.jose.pool import KeyPool
from mock_idp.run.ready_file import ReadyFile, refusal
from mock_idp.settings import ServerSettings

if TYPE_CHECKING:
    from mock_idp.issuer.state import State
    from mock_idp.server.wsgi import MockIdpWsgi

    Run = Callable[[MockIdpWsgi, Callable[[], None]], None]

CANNOT_LISTEN = "cannot_listen"


@dataclass(frozen=True)
class Served:
    """Where this machine reaches a server that is ready: its URL, and the PEM file of the CA to trust, if there is
    one to trust.
    """

    url: str
    ca_file: Path | None = None


@dataclass(frozen=True)
class _Listening:
    """A port that is this process's already. `load` imports its server and returns how to answer until the end."""

    scheme: str
    port: int
    ca_file: Path | None
    load: Callable[[], Run]


def serve(
    settings: ServerSettings,
    ready_file: Path | None = None,
    announce: Callable[[State, Served], None] = lambda state, served: None,
) -> None:
    """Serve until SIGTERM, Ctrl-C or SIGHUP.

    Once the keys are made and the port answers, `announce` gets the state and where this machine reaches the server,
    and `ready_file` is written (JSON with `url`, `port`, `pid`, and `ca_file` if there is one); it is removed at the
    end.
    Raises MockIdpError when the port is taken, the ready file holds something else or an issuer of the settings cannot
    be made, JoseError for a key.
    """
    if ready_file is not None and not ready_file.parent.is_dir():
        raise bad_field("ready_file", f"There is no directory {ready_file.parent} to write it to.")
    if ready_file is not None and (refused := refusal(ready_file)):
        raise bad_field("ready_file", refused)
    host = _address(settings.host)
    with (_plain if settings.tls is None else _secured)(settings, host) as listening:
        # First of all: the keys are made in a thread, while this one imports everything else.
        pool = KeyPool(settings.key_pool_size)
        run = listening.load()
        from mock_idp.issuer.state import State
        from mock_idp.server.wsgi import MockIdpWsgi

        written = None if ready_file is None else ReadyFile(ready_file)
        state = State(settings, f"{listening.scheme}://localhost:{listening.port}", pool)
        wsgi = MockIdpWsgi(state)
        try:
            state.start()
            served = Served(f"{listening.scheme}://{_reachable(host)}:{listening.port}", listening.ca_file)

            def ready() -> None:
                announce(state, served)
                if written is not None:
                    ca_file = {} if served.ca_file is None else {"ca_file": str(served.ca_file)}
                    written.write({"url": served.url, "port": listening.port, "pid": os.getpid(), **ca_file})

            run(wsgi, ready)
        finally:
            wsgi.close()
            if written is not None:
                written.remove()


@contextmanager
def _plain(settings: ServerSettings, host: str) -> Iterator[_Listening]:
    """HTTP, on granian. Raises MockIdpError when the port is not to be had."""
    with _reserved(host, settings.port) as reserved:
        port = int(reserved.getsockname()[1])
        if sys.platform != "linux":
            # Elsewhere a bound socket would keep granian away as well.
            reserved.close()

        def load() -> Run:
            from mock_idp.run import granian_server

            return lambda wsgi, ready: granian_server.run(wsgi, host, port, settings.max_body_bytes, ready)

        yield _Listening("http", port, None, load)


@contextmanager
def _secured(settings: ServerSettings, host: str) -> Iterator[_Listening]:
    """HTTPS, on our own server. Raises MockIdpError as `server_tls`, and when the port is not to be had."""
    from mock_idp.http11.server import HttpServer
    from mock_idp.run.tls import server_tls

    with server_tls(settings) as secured:
        try:
            server = HttpServer(host, settings.port, secured.context)
        except OSError as error:
            raise _cannot_listen(host, settings.port, error) from None

        def load() -> Run:
            from mock_idp.run import tls_server

            return lambda wsgi, ready: tls_server.run(wsgi, server, ready)

        try:
            yield _Listening("https", server.port, secured.ca_file, load)
        finally:
            server.close()


def _address(host: str) -> str:
    """The address of a host name, an IPv4 one where there is a choice. Raises MockIdpError for an unknown name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise MockIdpError(409, CANNOT_LISTEN, f"Cannot listen on {host}: {error.strerror}.", "host") from None
    return str(min(found, key=lambda each: each[0] != socket.AF_INET)[4][0])


def _reserved(host: str, port: int) -> socket.socket:
    """A socket that keeps `port` (0: a free one) for this process until it is closed.

    granian opens the port in a way that lets several processes share it, which would answer every other request
    from a stranger's keys. A socket that is bound first, and not to be shared until then, keeps the others away.
    Raises MockIdpError when the port is not to be had.
    """
    reserved = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # Past connections of a server that just ended are no obstacle; living servers are.
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind((host, port))
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError as error:
        reserved.close()
        raise _cannot_listen(host, port, error) from None
    return reserved


def _cannot_listen(host: str, port: int, error: OSError) -> MockIdpError:
    sentence = f"Cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}."
    return MockIdpError(409, CANNOT_LISTEN, sentence, "port")


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
