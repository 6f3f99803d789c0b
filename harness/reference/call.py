"""One request on its way through the gate: its route, and its body, which is read late."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Request

from harness.reference.errors import RequestError
from harness.reference.router import Match


@dataclass(frozen=True)
class Call:
    """A matched request; `max_body_bytes` bounds what is read of it."""

    request: Request
    match: Match
    max_body_bytes: int

    def argument(self, name: str) -> str:
        """The value of the path segment `{name}`."""
        return self.match.arguments[name]

    def json(self) -> Any:
        """The JSON body; raises `RequestError` 413 when it is too large and 400 when it is not JSON."""
        if (self.request.content_length or 0) > self.max_body_bytes:
            raise RequestError(413, "payload_too_large", "The body is too large")
        try:
            return json.loads(self.request.get_data().decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise RequestError(400, "bad_request", "The body is not valid JSON") from error
