"""All operations of the control API."""

from mock_idp.control import clock, faults, issuers, keys, requests, server, tokens
from mock_idp.control.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *server.OPERATIONS,
    *issuers.OPERATIONS,
    *keys.OPERATIONS,
    *tokens.OPERATIONS,
    *faults.OPERATIONS,
    *clock.OPERATIONS,
    *requests.OPERATIONS,
)
