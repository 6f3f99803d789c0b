"""Taking a TCP connection away from the server that accepted it, so that a fault can do with it what it likes."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

TAKE = "mock_idp.take_connection"
"""WSGI environ key under which our own server offers a callable that hands the connection over."""

# Lists the open files of this process, on Linux and on macOS.
_OPEN_FILES = Path("/dev/fd")


def take_connection(environ: Mapping[str, Any]) -> socket.socket:
    """The connection a request came on, as a blocking socket that nobody else sends on any more.

    A server that offers the connection is asked for it. With any other server the socket is found among the open
    files of this process by the client's address, and what the server holds is replaced with a closed socket: its
    answer goes nowhere. Raises OSError when there is no such connection any more, LookupError when the server does
    not say which one it was.
    """
    offered = environ.get(TAKE)
    if offered is None:
        return take_from_server(_peer(environ))
    taken: socket.socket = offered()
    taken.settimeout(30)
    return taken


def take_from_server(peer: tuple[str, int]) -> socket.socket:
    """The connection of the client at this address and port, as `take_connection`."""
    taken = _swap_out(peer)
    taken.settimeout(30)
    return taken


def _peer(environ: Mapping[str, Any]) -> tuple[str, int]:
    try:
        return str(environ["REMOTE_ADDR"]), int(environ["REMOTE_PORT"])
    except (KeyError, ValueError):
        raise LookupError("The server does not say which connection a request came on.") from None


def _swap_out(peer: tuple[str, int]) -> socket.socket:
    # The listing itself opens a file, so it is taken whole before any of them is looked at.
    for entry in list(_OPEN_FILES.iterdir()):
        with suppress(OSError):
            fd = int(entry.name)
            if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                continue
            mine = socket.socket(fileno=os.dup(fd))
            if _is_connected_to(mine, peer):
                _replace_with_closed(fd)
                return mine
            mine.close()
    raise OSError(f"There is no connection from {peer[0]} port {peer[1]} any more.")


def _is_connected_to(candidate: socket.socket, peer: tuple[str, int]) -> bool:
    if candidate.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        return bool(candidate.getpeername()[:2] == peer)
    except OSError:
        return False


def _replace_with_closed(fd: int) -> None:
    """Let the file descriptor stand for one end of a pair whose other end is closed: writing there fails."""
    ours, other = socket.socketpair()
    other.close()
    os.dup2(ours.fileno(), fd)
    ours.close()
