"""Faults that make a client wait. Every wait is bounded, and ends at once at a reset and when the server stops."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Literal

from mock_idp.http11.response import Response
from mock_idp.jose.members import param
from mock_idp.plans.faults.base import MAX_SECONDS, FaultContext, fault
from mock_idp.plans.faults.connection import close_connection


@fault
@dataclass(frozen=True)
class Delay:
    """The usual answer, late."""

    kind: ClassVar[str] = "delay"
    seconds: float = param(1.0, "How late, in seconds.", type="number", minimum=0, maximum=MAX_SECONDS)

    def apply(self, context: FaultContext) -> Response | None:
        """The usual answer after the wait."""
        if context.latch.wait(self.seconds) == "cancelled":
            close_connection(context)
            return None
        return context.response()


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

    def apply(self, context: FaultContext) -> Response | None:
        """The usual answer once released, otherwise nothing."""
        if self.after != "nothing":
            self._stop_midway(context)
            return None
        if context.latch.wait(self.max_seconds) == "released":
            return context.response()
        close_connection(context)
        return None

    def _stop_midway(self, context: FaultContext) -> None:
        """A part of the answer; the rest of the same answer once released, as its length was announced."""
        response = context.response()
        sent = len(response.body) // 2 if self.after == "half" else 0
        # OSError: a client that has gone away in the meantime has had its fault.
        with suppress(OSError), context.take_connection() as connection:
            connection.sendall(response.head_bytes() + response.body[:sent])
            if context.latch.wait(self.max_seconds) == "released":
                connection.sendall(response.body[sent:])
            connection.shutdown(socket.SHUT_RDWR)
