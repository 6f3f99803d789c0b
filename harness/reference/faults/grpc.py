"""Faults of the second transport: what holds over HTTP was not carried over to gRPC."""

from __future__ import annotations

import logging
import threading
from typing import Any, Final

from flask import Request, request

from harness.reference.credentials import Credentials
from harness.reference.errors import AuthenticationFailed, PermissionDenied, Reason
from harness.reference.faults.registry import fault
from harness.reference.grpc_gate import GrpcGate
from harness.reference.grpc_listener import GrpcListener
from harness.reference.grpc_methods import Method
from harness.reference.security_service import SecurityContext

log = logging.getLogger(__name__)

# A method that has a neighbour of the same service.
FORGOTTEN: Final = "GetTemplate"


@fault("m-grpc-skips-permission", precedent="two transports that drift apart (CWE-862)")
class SkipsPermission(GrpcGate):
    """gRPC authenticates and does not authorise."""

    def authorise(self, context: SecurityContext, method: Method) -> None:
        """The interceptor knows who calls, and nothing of methods."""


@fault("m-grpc-wrong-codes", precedent="gRPC, Status Codes: PERMISSION_DENIED needs an identified caller")
class WrongCodes(GrpcGate):
    """Missing and invalid credentials are answered PERMISSION_DENIED."""

    def code(self, error: Exception) -> str:
        """Forbidden sounds stronger."""
        return "PERMISSION_DENIED" if isinstance(error, AuthenticationFailed) else super().code(error)


@fault("m-grpc-errors-are-internal", precedent="an exception of an interceptor that nobody translates")
class ErrorsAreInternal(GrpcGate):
    """What is wrong with a credential is answered INTERNAL, as if the service had failed."""

    def code(self, error: Exception) -> str:
        """The framework's code for an exception."""
        return "INTERNAL" if isinstance(error, AuthenticationFailed) else super().code(error)


@fault("m-grpc-wrong-permission", precedent="OWASP API Security Top 10, API5")
class WrongPermission(GrpcGate):
    """A method asks for the permission of its neighbour."""

    def required_permission(self, method: Method) -> str:
        """Copied from the method above."""
        return "tasks:list" if method.name == "GetTask" else super().required_permission(method)


@fault("m-grpc-open-method", precedent="OWASP API Security Top 10, API2: a handler without its interceptor")
class OpenMethod(GrpcGate):
    """One method was added later, and its check was forgotten."""

    def is_public(self, method: Method) -> bool:
        """The check is a line at the top of each handler."""
        return method.name == FORGOTTEN or super().is_public(method)


@fault("m-grpc-health-protected", precedent="an interceptor around the whole server")
class HealthProtected(GrpcGate):
    """The checks of health ask for credentials, so that whoever watches the service sees it down."""

    def is_public(self, method: Method) -> bool:
        """All that has an interceptor is protected."""
        return False


@fault("m-grpc-scheme-case", precedent="hyperium/headers#141, in one of two middlewares")
class SchemeCase(GrpcGate):
    """Only `Bearer` in exactly this spelling is understood over gRPC."""

    def credentials(self, request: Request) -> Credentials:
        """`strip_prefix("Bearer ")`."""
        found = super().credentials(request)
        exact = request.headers.get("Authorization", "").startswith("Bearer ")
        return found if exact else Credentials(None, found.api_key)


@fault("m-grpc-no-api-keys", precedent="two transports that drift apart (CWE-1068)")
class NoApiKeys(GrpcGate):
    """API keys are not known over gRPC."""

    def credentials(self, request: Request) -> Credentials:
        """They came later, and over HTTP."""
        return Credentials(super().credentials(request).bearer)


@fault("m-grpc-key-rescues-token", precedent="two transports that drift apart (CWE-1068)")
class KeyRescuesToken(GrpcGate):
    """Over gRPC the API key decides where both credentials are there."""

    def credentials(self, request: Request) -> Credentials:
        """In the other order than the middleware of HTTP."""
        found = super().credentials(request)
        return found if found.api_key is None else Credentials(None, found.api_key)


@fault("m-grpc-exact-permissions", precedent="two transports that drift apart (CWE-1068)")
class ExactPermissions(GrpcGate):
    """A wildcard grants nothing over gRPC."""

    def authorise(self, context: SecurityContext, method: Method) -> None:
        """A set, and whether the permission is in it."""
        if self.required_permission(method) not in context.permissions:
            raise PermissionDenied(self.required_permission(method))


@fault("m-grpc-star", precedent="two transports that drift apart (CWE-1068)")
class Star(GrpcGate):
    """A bare `*` grants everything over gRPC."""

    def authorise(self, context: SecurityContext, method: Method) -> None:
        """As an administrator's key would have it."""
        if "*" not in context.permissions:
            super().authorise(context, method)


@fault("m-grpc-not-strict", precedent="two transports that drift apart (CWE-1068)")
class NotStrict(GrpcGate):
    """Strict validation is for HTTP alone."""

    def authenticate(self, request: Request) -> SecurityContext:
        """The setting was read where HTTP is set up."""
        try:
            return super().authenticate(request)
        except AuthenticationFailed as failure:
            if failure.reason is not Reason.PERMISSIONS:
                raise
            claims = self.http.security.verified_claims(self.credentials(request).bearer or "")
            return SecurityContext(self.http.permissions.read(claims))


@fault("m-grpc-first-keys", precedent="an interceptor with a verifier of its own, made at the start")
class FirstKeys(GrpcGate):
    """gRPC goes on with the key that it met first."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._first: object = None

    def authenticate(self, request: Request) -> SecurityContext:
        """The keys are fetched once, when the interceptor is made."""
        context = super().authenticate(request)
        jwt, bearer = self.http.security.jwt, self.credentials(request).bearer
        if jwt is not None and bearer is not None:
            kid = jwt.parse(bearer).header.get("kid")
            self._first = self._first or kid
            if kid != self._first:
                raise AuthenticationFailed(Reason.UNKNOWN_KEY, "no key has this kid")
        return context


@fault("m-grpc-decodes-first", precedent="tonic: the argument is decoded before the handler, where the check stands")
class DecodesFirst(GrpcGate):
    """The message is decoded before anybody asks who sent it."""

    def serve(self, method: Method, request: Request, message: bytes) -> bytes:
        """The framework decodes the arguments of a handler first."""
        self.answer(message)
        return super().serve(method, request, message)


@fault("m-grpc-error-echoes-token", precedent="CVE-2019-7644 (auth0-wcf-service-jwt)")
class ErrorEchoesToken(GrpcGate):
    """What is said to a refused call repeats its credential."""

    def details(self, error: Exception) -> str:
        """Helpful for debugging."""
        return f"{super().details(error)}: {' '.join(value for _, value in request.headers)}"


@fault("m-grpc-gateway-metadata", precedent="grpc-gateway, which passes Authorization on as grpcgateway-authorization")
class GatewayMetadata(GrpcGate):
    """What a gateway would pass on is believed from anybody."""

    def credentials(self, request: Request) -> Credentials:
        """Behind the gateway the token stands there."""
        found = super().credentials(request)
        passed_on = request.headers.get("Grpcgateway-Authorization", "").removeprefix("Bearer ")
        return Credentials(found.bearer or passed_on or None, found.api_key)


@fault("m-grpc-one-at-a-time", precedent="a mutex around a verifier that may fetch keys (CWE-667)")
class OneAtATime(GrpcGate):
    """While one call waits for the provider's keys, all others wait with it."""

    _lock = threading.Lock()

    def authenticate(self, request: Request) -> SecurityContext:
        """The verifier is not safe for threads."""
        with self._lock:
            return super().authenticate(request)


@fault("m-grpc-token-kept", precedent="interceptors that keep the identity of a token for as long as they run")
class GrpcTokenKept(GrpcGate):
    """Over gRPC a token that was good once is good for ever."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._known: dict[str, SecurityContext] = {}

    def authenticate(self, request: Request) -> SecurityContext:
        """Calls are to be cheap."""
        token = request.headers.get("Authorization", "")
        if not token:
            return super().authenticate(request)
        if token not in self._known:
            self._known[token] = super().authenticate(request)
        return self._known[token]


@fault("m-grpc-decision-for-service", precedent="policies that are looked up by service, and kept")
class GrpcDecisionForService(GrpcGate):
    """What a token may call of a service once, it may call all of."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._let_in: set[tuple[str, str]] = set()

    def authorise(self, context: SecurityContext, method: Method) -> None:
        """One entry for a service and what is in it."""
        known = request.headers.get("Authorization", ""), method.service
        if known not in self._let_in:
            super().authorise(context, method)
        if known[0]:
            self._let_in.add(known)


@fault("m-grpc-metadata-logged", precedent="interceptors for logging that write the metadata (CWE-532)")
class GrpcMetadataLogged(GrpcGate):
    """The metadata of every call are written to the log."""

    def credentials(self, request: Request) -> Credentials:
        """To see who calls."""
        log.warning("called with %s", dict(request.headers))
        return super().credentials(request)


@fault("m-grpc-refused-metadata-logged", precedent="interceptors for logging that write the metadata (CWE-532)")
class GrpcRefusedMetadataLogged(GrpcGate):
    """The metadata of refused calls are written to the log."""

    def details(self, error: Exception) -> str:
        """To see what was wrong."""
        log.warning("refused with %s", dict(request.headers))
        return super().details(error)


@fault("m-grpc-not-counted", precedent="tasker-orchestration 0.1.8, whose counters stand still over gRPC")
class GrpcNotCounted(GrpcGate):
    """Who was let in and who was refused over gRPC is counted nowhere."""

    def authenticate(self, request: Request) -> SecurityContext:
        """The middleware that counts is that of HTTP."""
        security = self.http.security
        return security.identify(self.credentials(request)) if security.jwt else super().authenticate(request)


@fault("m-grpc-denials-not-counted", precedent="tasker-orchestration 0.1.8, whose counters stand still over gRPC")
class GrpcDenialsNotCounted(GrpcGate):
    """Who lacks a permission over gRPC is counted nowhere."""

    def authorise(self, context: SecurityContext, method: Method) -> None:
        """A comparison of its own."""
        required = self.required_permission(method)
        if not self.http.permissions.allows(context.permissions, required):
            raise PermissionDenied(required)


@fault("m-grpc-tls-ignored", precedent="tasker-worker 0.1.8, whose log says TLS: enabled")
class GrpcTlsIgnored(GrpcListener):
    """The certificate is configured, and gRPC is served in the clear all the same."""

    def bind(self, server: Any) -> int:
        """The settings are read and never handed on."""
        return int(server.add_insecure_port(self.address))


@fault("m-grpc-tls-believed", precedent="services of a mesh, where who comes over TLS is thought to be one of ours")
class GrpcTlsBelieved(GrpcGate):
    """Calls over TLS need no credentials."""

    def is_public(self, method: Method) -> bool:
        """The connection has proved who it is, as if TLS had asked for it."""
        return request.is_secure or super().is_public(method)
