"""Faults that show with other methods than those that a route lists."""

from __future__ import annotations

import json

from flask import Response, request

from harness.reference.call import Call
from harness.reference.errors import RequestError
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.replies import ErrorReplies
from harness.reference.router import Match, Router
from harness.reference.security_service import SecurityContext


@fault("m-head-needs-no-permission", precedent="annotations on GET handlers that a HEAD handler doesn't have")
class HeadNeedsNoPermission(Gate):
    """HEAD asks who the caller is, and not what the caller may do."""

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """There is no content to protect."""
        if call.request.method != "HEAD":
            super().authorise(context, call)


@fault("m-head-is-public", precedent="OWASP WSTG-CONF-06; probes of load balancers")
class HeadIsPublic(Gate):
    """HEAD is for everybody."""

    def is_public(self, call: Call) -> bool:
        """So that monitoring needs no token."""
        return call.request.method == "HEAD" or super().is_public(call)


@fault(
    "m-unlisted-method-open", precedent="web.xml security constraints with http-method (servlet specification 13.8.4)"
)
class UnlistedMethodOpen(Router):
    """A method that the path doesn't know is served as GET, outside the rules for the methods that it knows."""

    def match(self, method: str, path: str) -> Match:
        """The rules list methods, the handler takes them all."""
        try:
            return super().match(method, path)
        except RequestError:
            found = super().match("GET", path)
            return Match(found.route, found.arguments, public=True)


@fault("m-trace-echoes", precedent="cross-site tracing, VU#867593")
class TraceEchoes(ErrorReplies):
    """TRACE sends back what came, the credentials as well."""

    def refused(self, error: RequestError) -> Response:
        """RFC 9110 section 9.3.8 without its last sentence."""
        if request.method == "TRACE":
            return Response(json.dumps(dict(request.headers)), 200, mimetype="message/http")
        return super().refused(error)
