"""What a fault is: a frozen value that gets hold of one request and answers it badly, or not at all."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from mock_idp.http11.response import Response
from mock_idp.plans.faults.latch import Latch

MAX_SECONDS = 60


@dataclass(frozen=True)
class FaultContext:
    """One request as a fault sees it.

    `response` makes the answer the request would have got; it is made when asked for, as keys may change during a wait.
    `take_connection` takes the TCP connection away from the server, which then sends nothing on it.
    `accept_encoding` is the request's header of that name, empty when it has none.
    `rate_limited` makes the vendor's answer to one request too many, None where it has no words of its own.
    """

    response: Callable[[], Response]
    latch: Latch
    take_connection: Callable[[], socket.socket]
    accept_encoding: str = ""
    rate_limited: Callable[[], Response | None] = lambda: None


class Fault(Protocol):
    """One kind of fault. Its fields are its parameters in the control API, each with a JSON schema.

    A kind whose parameters do not all go together says so in a `rule`, a part of their JSON schema.
    """

    kind: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def apply(self, context: FaultContext) -> Response | None:
        """The answer to send, or None when the connection was taken and nothing is left to send."""


FAULTS: dict[str, type[Fault]] = {}
"""Every kind of fault by its name; filled by the decorator `fault`."""

F = TypeVar("F", bound=type[Fault])


def fault(kind: F) -> F:
    """Registers a class as a kind of fault. Its docstring begins with a sentence that says what the fault does."""
    FAULTS[kind.kind] = kind
    return kind
