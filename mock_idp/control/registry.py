"""All operations of the control API."""

from mock_idp.control import clients, clock, faults, har, issuers, keys, requests, script, server, tokens
from mock_idp.control.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *server.OPERATIONS,
    *issuers.OPERATIONS,
    *keys.OPERATIONS,
    *tokens.OPERATIONS,
    *clients.OPERATIONS,
    *faults.OPERATIONS,
    *script.OPERATIONS,
    *clock.OPERATIONS,
    *requests.OPERATIONS,
    *har.OPERATIONS,
)
