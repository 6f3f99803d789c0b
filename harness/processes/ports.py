"""TCP ports on the loopback interface: which are free, and who holds one."""

from __future__ import annotations

import contextlib
import errno
import random
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil

from harness.base.errors import TargetError
from harness.shown.foreign_text import foreign

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST, _HIGHEST = 10240, 65535
_SEARCH_ATTEMPTS = 200
_START_ATTEMPTS = 5
# Not `random`'s own generator: test runners seed that alike in every process, which would then pick the same
# ports.
_dice = random.SystemRandom()


class PortTakenError(TargetError):
    """Another process listens on the port that was meant for a service."""


def start_on_free_port(start: Callable[[int], T]) -> T:
    """Call `start` with a free port, and with another one when somebody else was faster (`PortTakenError`)."""
    for _ in range(_START_ATTEMPTS - 1):
        with contextlib.suppress(PortTakenError):
            return start(free_port())
    return start(free_port())


def free_port() -> int:
    """A port that nobody listens on now.

    Somebody may take it before it is used, so the caller makes sure that it was its own service which got it.
    To make that rare the port lies outside the range from which the kernel gives ports to outgoing
    connections and to those who ask for any (ip(7), ip_local_port_range), where there is room.
    """
    for _ in range(_SEARCH_ATTEMPTS):
        port = _dice.choice(_candidates())
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _candidates() -> range:
    try:
        low, high = (int(word) for word in _EPHEMERAL.read_text().split())
    except (OSError, ValueError):
        low, high = 32768, 60999
    below, above = range(_LOWEST, low), range(high + 1, _HIGHEST)
    return max(below, above, key=len) or range(_LOWEST, _HIGHEST)


def is_free(port: int) -> bool:
    """Whether a service could listen on this port of the loopback interface now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # As servers do: else TIME_WAIT counts as taken.
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def listening_ports(pid: int) -> set[int]:
    """The TCP ports that a process listens on."""
    try:
        return {port for port, _ in _listeners(psutil.Process(pid).net_connections("tcp"))}
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return set()


def holders(port: int) -> set[int | None]:
    """The ids of the processes that listen on this port; `None` stands for one that belongs to another user."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS shows them to root only.
        return set()
    return {getattr(entry, "pid", None) for number, entry in _listeners(connections) if number == port}


def _listeners(connections: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """The listening sockets among these, each with its port."""
    return ((one.laddr.port, one) for one in connections if one.status == psutil.CONN_LISTEN)


def describe_holder(port: int) -> str:
    """Who listens on this port, in words."""
    names = []
    for pid in holders(port):
        try:
            name = "a process of another user" if pid is None else f"{foreign(psutil.Process(pid).name())} (pid {pid})"
        except psutil.NoSuchProcess:
            continue
        names.append(name)
    return " and ".join(sorted(names)) or "a process that can't be seen from here"
