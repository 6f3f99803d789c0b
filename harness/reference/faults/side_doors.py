"""Faults of gates that look away for a header or for the end of a target, and of credentials found elsewhere."""

from __future__ import annotations

from typing import Final

from flask import Request, Response, request

from harness.reference.call import Call
from harness.reference.credentials import CredentialReader
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.router import Match
from harness.reference.routes import Route

STATIC_FILES: Final = (".css", ".js", ".png", ".ico")


@fault("m-subrequest-header-trusted", precedent="CVE-2025-29927 (Next.js: x-middleware-subrequest)")
class SubrequestHeaderTrusted(Gate):
    """A request that says it comes from the middleware itself is not asked for credentials."""

    def is_public(self, call: Call) -> bool:
        """It was asked before."""
        return super().is_public(call) or "X-Middleware-Subrequest" in call.request.headers


@fault("m-upgrade-unchecked", precedent="the class of WebSocket upgrades that pass the middleware of requests")
class UpgradeUnchecked(Gate):
    """A request that asks for a WebSocket needs no credentials."""

    def is_public(self, call: Call) -> bool:
        """The first message will have them."""
        return super().is_public(call) or call.request.headers.get("Upgrade", "").lower() == "websocket"


@fault("m-host-trusted", precedent="CWE-350; routes for `localhost` that a proxy was to keep away")
class HostTrusted(Gate):
    """A request whose Host is localhost needs no credentials."""

    def is_public(self, call: Call) -> bool:
        """Only the machine itself says that."""
        return super().is_public(call) or call.request.headers.get("Host", "").partition(":")[0] == "localhost"


@fault("m-internal-header-trusted", precedent="CWE-290; addresses and marks that a proxy sets, or does not")
class InternalHeaderTrusted(Gate):
    """A header that says the request is internal, or from this machine, is believed from anybody."""

    def is_public(self, call: Call) -> bool:
        """The proxy overwrites them, where there is one."""
        headers = call.request.headers
        addresses = [headers.get(name, "") for name in ("X-Real-IP", "X-Client-IP", "True-Client-IP", "Forwarded")]
        marked = headers.get("X-Internal-Request", "").lower() in ("1", "true")
        return super().is_public(call) or marked or any("127.0.0.1" in address for address in addresses)


@fault("m-certificate-header-trusted", precedent="CWE-290; nginx's $ssl_client_verify and Envoy's XFCC, passed on")
class CertificateHeaderTrusted(Gate):
    """A header that says a client certificate was verified is believed from anybody."""

    def is_public(self, call: Call) -> bool:
        """TLS ends at the proxy."""
        headers = call.request.headers
        verified = headers.get("X-SSL-Client-Verify") == "SUCCESS" or "X-Forwarded-Client-Cert" in headers
        return super().is_public(call) or verified


@fault("m-grpc-unchecked", precedent="one port for two protocols, each with a middleware of its own")
class GrpcUnchecked(Gate):
    """A request whose content is said to be gRPC passes the gate of HTTP."""

    def is_public(self, call: Call) -> bool:
        """It has interceptors of its own."""
        return super().is_public(call) or (call.request.content_type or "").startswith("application/grpc")


@fault("m-event-stream-unchecked", precedent="EventSource of browsers, which sends no Authorization")
class EventStreamUnchecked(Gate):
    """A request for a stream of events needs no credentials."""

    def is_public(self, call: Call) -> bool:
        """A page could not send them."""
        return super().is_public(call) or "text/event-stream" in call.request.headers.get("Accept", "")


@fault("m-debug-query-open", precedent="CWE-489")
class DebugQueryOpen(Gate):
    """A parameter that asks for debugging opens every route."""

    def is_public(self, call: Call) -> bool:
        """Only for the days before the release."""
        return super().is_public(call) or call.request.args.get("debug") in ("1", "true")


@fault("m-conditional-before-gate", precedent="caches and ETag middleware in front of the one that authenticates")
class ConditionalBeforeGate(Gate):
    """A conditional request is answered 304 before anybody asks who sent it."""

    def serve(self, call: Call) -> Response:
        """Whoever has it already may know that it is the same."""
        if "If-None-Match" in call.request.headers and not call.match.public:
            return Response(status=304)
        return super().serve(call)


@fault("m-referer-trusted", precedent="CWE-293")
class RefererTrusted(Gate):
    """A request that comes from a page of the service's documentation needs no credentials."""

    def is_public(self, call: Call) -> bool:
        """So that one can try things there."""
        return super().is_public(call) or "/api-docs" in call.request.headers.get("Referer", "")


@fault(
    "m-static-files-public", precedent="gates that let files through by the end of the target, as .css?, ;.js and /.ico"
)
class StaticFilesPublic(Gate):
    """A target that ends as a file of a page does needs no credentials."""

    def is_public(self, call: Call) -> bool:
        """Pages need them before the login."""
        return super().is_public(call) or call.request.full_path.rstrip("?").endswith(STATIC_FILES)


@fault(
    "m-original-uri-public", precedent="nginx auth_request and Envoy, whose headers name the path that was asked for"
)
class OriginalUriPublic(Gate):
    """The path in X-Original-URI, where there is one, says whether credentials are needed."""

    def is_public(self, call: Call) -> bool:
        """A proxy asks for each request."""
        headers = call.request.headers
        path = headers.get("X-Original-URI") or headers.get("X-Envoy-Original-Path") or call.request.path
        return super().is_public(call) or path.startswith("/health")


@fault("m-original-url-permission", precedent="CVE-2018-14773 (Symfony: X-Original-URL)")
class OriginalUrlPermission(Gate):
    """The permission that is asked for is that of the path in X-Original-URL."""

    def required_permission(self, route: Route) -> str | None:
        """IIS rewrites paths, and says there what they were."""
        path = request.headers.get("X-Original-URL")
        same = [
            one for one in self.handlers.routes if path and one.method == route.method and one.arguments(path) == {}
        ]
        return super().required_permission(same[0] if same else route)


@fault("m-override-names-permission", precedent="CVE-2023-30845 (ESPv2: X-HTTP-Method-Override), by its other names")
class OverrideNamesPermission(Gate):
    """The permission that is asked for is that of the method in X-HTTP-Method or X-Method-Override."""

    def required_permission(self, route: Route) -> str | None:
        """For clients that know two methods."""
        method = request.headers.get("X-HTTP-Method") or request.headers.get("X-Method-Override")
        same = [one for one in self.handlers.routes if (one.path, one.method) == (route.path, method)]
        return super().required_permission(same[0] if same else route)


@fault("m-override-after-gate", precedent="method-override middleware that runs behind the one for permissions")
class OverrideAfterGate(Gate):
    """The gate judges the method of the request, and what runs is that of X-HTTP-Method-Override, or of `_method`."""

    def respond(self, call: Call) -> Response:
        """The order in which they were registered."""
        method = call.request.headers.get("X-HTTP-Method-Override") or call.request.args.get("_method")
        for route in self.handlers.routes:
            arguments = route.arguments(call.request.path)
            if route.method == method and arguments is not None:
                return super().respond(Call(call.request, Match(route, arguments, public=False), call.max_body_bytes))
        return super().respond(call)


@fault("m-token-in-other-fields", precedent="X-Auth-Token, X-Forwarded-Authorization and cookies of gateways and pages")
class TokenInOtherFields(CredentialReader):
    """A token counts in other header fields, and in cookies and parameters of several names."""

    def bearer(self, request: Request) -> str | None:
        """Each client had another place for it."""
        headers, cookies = request.headers, request.cookies
        forwarded = headers.get("X-Forwarded-Authorization", "").removeprefix("Bearer ")
        named = cookies.get("token") or cookies.get("jwt") or request.args.get("jwt")
        return super().bearer(request) or headers.get("X-Auth-Token") or forwarded or named or None


@fault("m-token-in-json", precedent="RFC 6750 section 2.2, which is for forms, read for JSON")
class TokenInJson(CredentialReader):
    """A token counts as the member `access_token` of a JSON body."""

    def bearer(self, request: Request) -> str | None:
        """A form in another notation."""
        body = request.get_json(silent=True) if request.is_json else None
        inside = body.get("access_token") if isinstance(body, dict) else None
        return super().bearer(request) or (inside if isinstance(inside, str) else None)
