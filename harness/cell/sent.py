"""What a cell sends: a request that is ready, and one that went out with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.cell.kept_tokens import InScript
from harness.grammar.model import Route
from harness.idp.client import IssuerClient
from harness.wire.exchange import Exchange, Request


@dataclass(frozen=True)
class Prepared:
    """A request that is ready to go out, with what it was made from."""

    request: Request
    route: Route
    spec: dict[str, Any]
    token: str | None
    issuer: IssuerClient
    kept: InScript | None = None
    base_url: str = ""  # Of the service that it is for, where that is not the session's.


@dataclass(frozen=True)
class Sent:
    """A request that went out, and what came back."""

    prepared: Prepared
    exchange: Exchange
