"""The status codes of gRPC, and the HTTP status that stands for each: so one judge is enough for both transports.

Source: google/rpc/code.proto, which names the HTTP mapping of every code.
"""

from __future__ import annotations

from typing import Final

HTTP_STATUS: Final = {
    "OK": 200,
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNKNOWN": 500,
    "DATA_LOSS": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
# The codes by their numbers, as the trailer `grpc-status` has them.
_CODES: Final = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"),
    *("PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED"),
    *("INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"),
)
# What a handler says to a message without any field: the caller was let in to it.
LET_IN: Final = (400, 404, 409)


def code_of(status: int | str) -> str:
    """The first code that an HTTP status stands for, to be shown; what stands for none is itself."""
    return next((code for code, known in HTTP_STATUS.items() if known == status), str(status))


def code_numbered(number: str) -> str | None:
    """The code that the text of a trailer `grpc-status` stands for; None for what is no number of one."""
    known = number.isascii() and number.isdigit() and len(number) <= 2 and int(number) < len(_CODES)
    return _CODES[int(number)] if known else None
