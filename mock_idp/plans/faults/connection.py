"""Faults of the TCP connection. They take it away from the server, so they work under any server that runs this app."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Literal

from mock_idp.jose.members import param
from mock_idp.plans.faults.base import MAX_SECONDS, FaultContext, fault

# OSError is suppressed throughout: a client that has gone away in the meantime has had its fault.


@fault
@dataclass(frozen=True)
class Truncate:
    """The head announces the whole body, a part of it follows, then the connection ends."""

    kind: ClassVar[str] = "truncate"
    bytes: int | None = param(
        None, "How many bytes of the body are sent; null means half.", type=["integer", "null"], minimum=0
    )

    def apply(self, context: FaultContext) -> None:
        """Head and part of the body, then the end."""
        response = context.response()
        part = response.body[: len(response.body) // 2 if self.bytes is None else self.bytes]
        # One byte is always missing, otherwise nothing would be truncated.
        part = part[: max(len(response.body) - 1, 0)]
        with suppress(OSError), context.take_connection() as connection:
            connection.sendall(response.head_bytes() + part)
            connection.shutdown(socket.SHUT_RDWR)


@fault
@dataclass(frozen=True)
class Close:
    """The connection is closed in an orderly way (FIN) without a byte of answer."""

    kind: ClassVar[str] = "close"

    def apply(self, context: FaultContext) -> None:
        """The end, and nothing before it."""
        close_connection(context)


@fault
@dataclass(frozen=True)
class Reset:
    """The connection is reset (RST): the client sees "connection reset by peer"."""

    kind: ClassVar[str] = "reset"
    after: Literal["nothing", "headers"] = param(
        "nothing", "What of the usual answer is sent before.", type="string", enum=["nothing", "headers"]
    )

    def apply(self, context: FaultContext) -> None:
        """The reset, and what is to be sent before it."""
        head = context.response().head_bytes() if self.after == "headers" else b""
        with suppress(OSError), context.take_connection() as connection:
            connection.sendall(head)
            # Closing with a linger time of zero discards the connection, which sends RST instead of FIN.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@fault
@dataclass(frozen=True)
class Drip:
    """The usual answer, head and body, a few bytes at a time."""

    kind: ClassVar[str] = "drip"
    bytes_per_second: int = param(100, "The speed in bytes per second.", type="integer", minimum=1, maximum=1_000_000)
    max_seconds: float = param(
        30.0, "When to give up and close, in seconds.", type="number", exclusiveMinimum=0, maximum=MAX_SECONDS
    )

    def apply(self, context: FaultContext) -> None:
        """The answer in drops; ends early when released (the rest at once) or cancelled."""
        response = context.response()
        left = response.head_bytes() + response.body
        # At most twenty drops a second: finer ones would only cost wake-ups.
        size = max(1, self.bytes_per_second // 20)
        pause = size / self.bytes_per_second
        drops = int(self.max_seconds / pause)
        with suppress(OSError), context.take_connection() as connection:
            for _ in range(drops):
                connection.sendall(left[:size])
                left = left[size:]
                outcome = context.latch.wait(pause) if left else "elapsed"
                if outcome == "released":
                    connection.sendall(left)
                if outcome != "elapsed" or not left:
                    break
            connection.shutdown(socket.SHUT_RDWR)


def close_connection(context: FaultContext) -> None:
    """Ends the connection of a request in an orderly way."""
    with suppress(OSError), context.take_connection() as connection:
        connection.shutdown(socket.SHUT_RDWR)
