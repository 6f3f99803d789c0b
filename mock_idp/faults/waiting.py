"""Faults that make a client wait. Every wait is bounded, and ends at once at a reset and when the server stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mock_idp.answer import Answer
from mock_idp.faults.base import MAX_SECONDS, Exchange, param
from mock_idp.faults.connection import close_connection


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


@dataclass(frozen=True)
class Hang:
    """No answer at all while the connection stays open; goes on with the usual answer when released.

    Nobody hangs for ever: after `max_seconds` the connection is closed without an answer.
    """

    kind: ClassVar[str] = "hang"
    max_seconds: float = param(
        30.0, "When to give up and close, in seconds.", type="number", exclusiveMinimum=0, maximum=MAX_SECONDS
    )

    def apply(self, exchange: Exchange) -> Answer | None:
        """The usual answer once released, otherwise nothing."""
        if exchange.gate.wait(self.max_seconds) == "released":
            return exchange.answer()
        close_connection(exchange)
        return None
