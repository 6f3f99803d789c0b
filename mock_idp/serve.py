"""`mock-idp serve`: the server in a process of its own.

Everything runs in this one process, so nothing can be left behind, whatever signal ends it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mock_idp.errors import MockIdpError, bad_field
from mock_idp.jose.pool import KeyPool
from mock_idp.settings import ServerSettings

if TYPE_CHECKING:
    from mock_idp.state import State

CANNOT_LISTEN = "cannot_listen"


def serve(
    settings: ServerSettings,
    ready_file: Path | None = None,
    announce: Callable[[State, str], None] = lambda state, url: None,
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Once the keys are made and the port answers, `announce` gets the state and the URL at which this machine reaches
    the server, and `ready_file` is written (JSON with `url`, `port`, `pid`); it is removed at the end.
    Raises MockIdpError when the port is taken or an issuer of the settings cannot be made, JoseError for a key.
    """
    if ready_file is not None and not ready_file.parent.is_dir():
        raise bad_field("ready_file", f"There is no directory {ready_file.parent} to write it to.")
    host = _address(settings.host)
    reserved = _reserved(host, settings.port)
    port = int(reserved.getsockname()[1])
    if sys.platform != "linux":
        # Elsewhere a bound socket would keep granian away as well.
        reserved.close()
    # First of all: the keys are made in a thread, while this one imports everything else.
    pool = KeyPool(settings.key_pool_size)
    from mock_idp.granian_server import run
    from mock_idp.state import State
    from mock_idp.wsgi import MockIdpWsgi

    state = State(settings, f"http://localhost:{port}", pool)
    wsgi = MockIdpWsgi(state)
    try:
        state.start()
        url = f"http://{_reachable(host)}:{port}"

        def ready() -> None:
            announce(state, url)
            if ready_file is not None:
                _write(ready_file, {"url": url, "port": port, "pid": os.getpid()})

        run(wsgi, host, port, settings.max_body_bytes, ready)
    finally:
        wsgi.close()
        reserved.close()
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


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
        sentence = f"Cannot listen on {host} port {port}: {error.strerror}."
        raise MockIdpError(409, CANNOT_LISTEN, sentence, "port") from None
    return reserved


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _write(path: Path, document: dict[str, object]) -> None:
    # Whoever waits for the file must not read half of it.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(document) + "\n", encoding="utf-8")
    draft.replace(path)
