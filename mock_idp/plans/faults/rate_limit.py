"""The fault of asking too often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mock_idp.http11.response import Response, json_response
from mock_idp.jose.members import param
from mock_idp.plans.faults.base import FaultContext, fault


@fault
@dataclass(frozen=True)
class RateLimit:
    """429 in the vendor's words and with its headers."""

    kind: ClassVar[str] = "rate-limit"
    retry_after: int | None = param(
        None, "Seconds for Retry-After; null leaves it out.", type=["integer", "null"], minimum=0, maximum=86_400
    )

    def apply(self, context: FaultContext) -> Response:
        """The refusal instead of the answer (RFC 6585 section 4)."""
        response = context.rate_limited()
        if response is None:
            document = {"error": "too_many_requests", "error_description": "Too many requests."}
            response = json_response(429, document)
        return response if self.retry_after is None else response.with_header("Retry-After", str(self.retry_after))
