"""What a fault is: a frozen value that gets hold of one request and answers it badly, or not at all."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Protocol

from mock_idp.answer import Answer
from mock_idp.faults.gate import Gate

MAX_SECONDS = 60


@dataclass(frozen=True)
class Exchange:
    """One request as a fault sees it.

    `answer` makes the answer the request would have got; it is made when asked for, as keys may change during a wait.
    `take_connection` takes the TCP connection away from the server, which then sends nothing on it.
    `accept_encoding` is the request's header of that name, empty when it has none.
    `rate_limited` makes the vendor's answer to one request too many, None where it has no words of its own.
    """

    answer: Callable[[], Answer]
    gate: Gate
    take_connection: Callable[[], socket.socket]
    accept_encoding: str = ""
    rate_limited: Callable[[], Answer | None] = lambda: None


class Fault(Protocol):
    """One kind of fault. Its fields are its parameters in the control API, each with a JSON schema."""

    kind: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def apply(self, exchange: Exchange) -> Answer | None:
        """The answer to send, or None when the connection was taken and nothing is left to send."""


def param(default: Any, about: str, **schema: Any) -> Any:
    """A parameter of a fault: its default, one sentence about it, and its JSON schema."""
    described = {**schema, "description": about}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata={"schema": described})
    return field(default=default, metadata={"schema": {**described, "default": default}})


def required(about: str, **schema: Any) -> Any:
    """A parameter of a fault that has no default."""
    return field(metadata={"schema": {**schema, "description": about}})


def parameters(kind: type[Fault]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each parameter of a kind of fault, by name."""
    return {each.name: dict(each.metadata["schema"]) for each in fields(kind)}


def required_parameters(kind: type[Fault]) -> list[str]:
    """The names of the parameters that must be given."""
    return [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
