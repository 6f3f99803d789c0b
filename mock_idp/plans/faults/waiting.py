"""Faults that make a client wait. Every wait is bounded, and ends at once at a reset and when the server stops."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Literal

from mock_idp.http11.answer import Answer
from mock_idp.jose.members import param
from mock_idp.plans.faults.base import MAX_SECONDS, Exchange, fault
from mock_idp.plans.faults.connection import close_connection


@fault
@dataclass(frozen=True)
class Delay:
    """The usual answer, late."""

    kind: ClassVar[str] = "delay"
    seconds: float = param(1.0, "How late, in seconds.", type="number", minimum=0, maximum=MAX_SECONDS)

    def apply(self, exchange: Exchange) -> Answer | None:
        """The usual answer after the wait."""
        if exchange.gate.wait(self.seconds) == "cancelled":
            close_connection(exchange)
            return None
        return exchange.answer()


@fault
@dataclass(frozen=True)
class Hang:
    """No answer, or only its beginning, while the connection stays open; goes on with the rest when released.

    Nobody hangs for ever: after `max_seconds` the connection is closed.
    """

    kind: ClassVar[str] = "hang"
    max_seconds: float = param(
        30.0, "When to give up and close, in seconds.", type="number", exclusiveMinimum=0, maximum=MAX_SECONDS
    )
    after: Literal["nothing", "headers", "half"] = param(
        "nothing",
        "What of the usual answer is sent before: nothing, the head, or the head and half of the body.",
        type="string",
        enum=["nothing", "headers", "half"],
    )

    def apply(self, exchange: Exchange) -> Answer | None:
        """The usual answer once released, otherwise nothing."""
        if self.after != "nothing":
            self._stop_midway(exchange)
            return None
        if exchange.gate.wait(self.max_seconds) == "released":
            return exchange.answer()
        close_connection(exchange)
        return None

    def _stop_midway(self, exchange: Exchange) -> None:
        """A part of the answer; the rest of the same answer once released, as its length was announced."""
        answer = exchange.answer()
        sent = len(answer.body) // 2 if self.after == "half" else 0
        # OSError: a client that has gone away in the meantime has had its fault.
        with suppress(OSError), exchange.take_connection() as connection:
            connection.sendall(answer.head_bytes() + answer.body[:sent])
            if exchange.gate.wait(self.max_seconds) == "released":
                connection.sendall(answer.body[sent:])
            connection.shutdown(socket.SHUT_RDWR)
