"""All operations of the control API, and the document about them."""

from __future__ import annotations

from functools import cache
from typing import Any

from mock_idp.control import clients, clock, faults, har, issuers, keys, openapi, requests, server, stubs, tokens
from mock_idp.control.operation import Operation


@cache
def document(with_token: bool = False) -> dict[str, Any]:
    """The OpenAPI document of all operations. In: whether the server has a control token."""
    return openapi.describe(OPERATIONS, with_token)


OPERATIONS: tuple[Operation, ...] = (
    *server.OPERATIONS,
    openapi.serving(document),
    *issuers.OPERATIONS,
    *keys.OPERATIONS,
    *tokens.OPERATIONS,
    *clients.OPERATIONS,
    *faults.OPERATIONS,
    *stubs.OPERATIONS,
    *clock.OPERATIONS,
    *requests.OPERATIONS,
    *har.OPERATIONS,
)
