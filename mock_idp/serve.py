"""`mock-idp serve`: the server in a process of its own.

Everything runs in this one process, so nothing can be left behind, whatever signal ends it.
"""

from __future__ import annotations

import json
import os
import socket
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
    port = _free_port(settings.host, settings.port)
    # First of all: the keys are made in a thread, while this one imports everything else.
    pool = KeyPool(settings.key_pool_size)
    from mock_idp.granian_server import run
    from mock_idp.state import State
    from mock_idp.wsgi import MockIdpWsgi

    state = State(settings, f"http://localhost:{port}", pool)
    wsgi = MockIdpWsgi(state)
    try:
        state.start()
        url = f"http://{_reachable(settings.host)}:{port}"

        def ready() -> None:
            if ready_file is not None:
                _write(ready_file, {"url": url, "port": port, "pid": os.getpid()})
            announce(state, url)

        run(wsgi, settings.host, port, settings.max_body_bytes, ready)
    finally:
        wsgi.close()
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


def _free_port(host: str, port: int) -> int:
    """`port`, or for 0 one that is free. Raises MockIdpError when it is not ours to have.

    granian lets several processes share a port, which would answer every other request from a stranger's keys.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        sentence = f"Cannot listen on {host} port {port}: {error.strerror}."
        raise MockIdpError(409, CANNOT_LISTEN, sentence, "port") from None


def _reachable(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _write(path: Path, document: dict[str, object]) -> None:
    # Whoever waits for the file must not read half of it.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(document) + "\n", encoding="utf-8")
    draft.replace(path)
