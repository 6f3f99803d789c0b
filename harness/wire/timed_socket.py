"""A TCP connection on which every wait has an end: one deadline for all of it, whatever drips in meanwhile.

A socket's own time limit counts for each call, so a peer that sends a byte now and then is never too late. Waits are
cut into slices, so that the end of a run is heard within one of them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import ssl
import threading
from concurrent.futures import Future, wait
from ipaddress import ip_address
from typing import Any

from harness.base.errors import HarnessError
from mock_idp.tools.clocks import steady

_SLICE_SECONDS = 0.2
_RECEIVED_AT_ONCE = 65_536

_Address = tuple[Any, ...]


class Deadline:
    """`seconds` from now on; `ended`, if given, is set when the run ends and nobody waits any more."""

    def __init__(self, seconds: float, ended: threading.Event | None = None) -> None:
        self.seconds = seconds
        self._at, self._ended = steady() + seconds, ended

    def left(self) -> float:
        """The seconds left. Raises `TimeoutError` when there are none, `HarnessError` when the run was ended."""
        if self._ended is not None and self._ended.is_set():
            raise HarnessError("the run was ended")
        left = self._at - steady()
        if left <= 0:
            raise TimeoutError
        return left

    def slice(self) -> float:
        """How long to wait before `left` is asked again, in seconds. Raises as `left` does."""
        return min(self.left(), _SLICE_SECONDS)


class TimedSocket:
    """A connection to HOST:PORT, with TLS when a context is given. Used by one thread at a time; close it when done.

    All methods but `close` raise `TimeoutError` when the deadline has passed, and `OSError`, also that of `ssl`, for
    what goes wrong.
    """

    def __init__(self, host: str, port: int, deadline: Deadline, tls: ssl.SSLContext | None = None) -> None:
        self._socket: socket.socket = _connect(addresses(host, port, deadline), deadline)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                self._shake_hands(host, deadline, tls)
        except BaseException:
            self.close()
            raise

    def _shake_hands(self, host: str, deadline: Deadline, tls: ssl.SSLContext) -> None:
        encrypted = tls.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
        self._socket = encrypted
        while True:
            try:
                encrypted.do_handshake()
            except ssl.SSLWantReadError:
                self._wait(select.POLLIN, deadline)
            except ssl.SSLWantWriteError:
                self._wait(select.POLLOUT, deadline)
            else:
                return

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send all of it."""
        left = memoryview(data)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except ssl.SSLWantReadError:
                self._wait(select.POLLIN, deadline)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait(select.POLLOUT, deadline)

    def receive(self, deadline: Deadline) -> bytes:
        """What comes next; b"" when the peer has ended the connection."""
        deadline.left()
        while True:
            try:
                return self._socket.recv(_RECEIVED_AT_ONCE)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait(select.POLLIN, deadline)
            except ssl.SSLWantWriteError:
                self._wait(select.POLLOUT, deadline)

    def is_quiet(self) -> bool:
        """Whether the connection is open and nothing has come on it that nobody asked for."""
        try:
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def _wait(self, event: int, deadline: Deadline) -> None:
        _wait(self._socket, event, deadline)


def addresses(host: str, port: int, deadline: Deadline) -> list[tuple[int, _Address]]:
    """The addresses of a host, each with its family. Raises `TimeoutError`, and `OSError` for an unknown name."""
    with contextlib.suppress(ValueError):
        return [(socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET, (host, port))]
    # The resolver has no time limit of its own, and nothing ends it: it is left alone in a thread.
    answer: Future[list[tuple[int, _Address]]] = Future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result([(family, address) for family, _, _, _, address in found])
        except Exception as problem:  # A name that can't be encoded is a UnicodeError.
            answer.set_exception(problem)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    while not answer.done():
        wait([answer], deadline.slice())
    try:
        return answer.result()
    except UnicodeError as error:
        raise OSError(errno.EINVAL, f"{host!r} is no host name") from error


def _connect(candidates: list[tuple[int, _Address]], deadline: Deadline) -> socket.socket:
    """A connection to the first address that takes it."""
    problem: OSError = OSError(errno.EADDRNOTAVAIL, "the host has no address")
    for family, address in candidates:
        one = socket.socket(family, socket.SOCK_STREAM)
        try:
            one.setblocking(False)
            status = one.connect_ex(address)
            if status == errno.EINPROGRESS:
                _wait(one, select.POLLOUT, deadline)
                status = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if status == 0:
                return one
            problem = OSError(status, os.strerror(status))
        except BaseException:
            one.close()
            raise
        one.close()
    raise problem


def _wait(one: socket.socket, event: int, deadline: Deadline) -> None:
    poll = select.poll()
    poll.register(one, event)
    while not poll.poll(deadline.slice() * 1000):
        pass
