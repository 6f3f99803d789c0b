"""Who stands before the endpoint: a page of another site gets no further, whatever it brings along."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, g

from harness.reference.call import Call
from harness.reference.errors import RequestError
from harness.reference.gate import Gate
from harness.reference.mcp.address import Address
from harness.reference.mcp.callers import Caller
from harness.reference.security_service import SecurityContext


class McpGate(Gate):
    """Host and Origin first, then the token, anew for every request, be it in a session or not."""

    def serve(self, call: Call) -> Response:
        """As `Gate.serve`; raises `RequestError` for a request that a page of another site has made."""
        self.check_host(call)
        self.check_origin(call)
        return super().serve(call)

    def check_host(self, call: Call) -> None:
        """A name that leads here and isn't ours is how DNS rebinding begins (RFC 9110 §15.5.20)."""
        if self.is_foreign(urlsplit(f"//{call.request.host}").hostname):
            raise RequestError(421, "misdirected_request", "This server has another name")

    def check_origin(self, call: Call) -> None:
        """Transports, Security Warning: an Origin that is there and invalid is answered 403."""
        origin = call.request.headers.get("Origin")
        if origin is not None and self.is_foreign(urlsplit(origin).hostname):
            raise self.refused_origin()

    def refused_origin(self) -> RequestError:
        """What such a page is told."""
        return RequestError(403, "forbidden", "The Origin is not allowed")

    def is_foreign(self, host: str | None) -> bool:
        """Whether a host is neither ours nor this machine."""
        return host not in (Address.of(self.security.settings.jwt_audience).host, "127.0.0.1", "localhost", "::1")

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """As `Gate.authorise`; who calls is known to the handlers from here on."""
        super().authorise(context, call)
        g.caller = context if isinstance(context, Caller) else Caller(context.permissions)
