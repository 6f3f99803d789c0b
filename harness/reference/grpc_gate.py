"""The gates of a call over gRPC, in the order of those over HTTP and with the same verifier behind them."""

from __future__ import annotations

from flask import Request

from harness.reference.credentials import Credentials
from harness.reference.errors import AuthenticationFailed, PermissionDenied, RequestError
from harness.reference.gate import Gate
from harness.reference.grpc_methods import Method
from harness.reference.replies import ErrorReplies
from harness.reference.security_service import SecurityContext


class GrpcGate:
    """Lets a call through, or raises what is in its way; `http` is the gate of the other transport."""

    def __init__(self, http: Gate, replies: ErrorReplies) -> None:
        self.http = http
        self.replies = replies

    def serve(self, method: Method, request: Request, message: bytes) -> bytes:
        """The answer; raises `AuthenticationFailed`, `PermissionDenied` or `RequestError`."""
        if not self.is_public(method):
            self.authorise(self.authenticate(request), method)
        return self.answer(message)

    def is_public(self, method: Method) -> bool:
        """Whether everybody may call."""
        return method.permission is None

    def authenticate(self, request: Request) -> SecurityContext:
        """Who calls: the same credentials as over HTTP prove it, in the metadata of the same names."""
        return self.http.security.authenticate(self.credentials(request))

    def credentials(self, request: Request) -> Credentials:
        """Both credentials of the metadata, as sent."""
        return self.http.credentials.read(request)

    def authorise(self, context: SecurityContext, method: Method) -> None:
        """Raises `PermissionDenied` unless the caller may call the method."""
        required = self.required_permission(method)
        if not self.http.permissions.allows(context.permissions, required):
            self.http.metrics.denied(required)
            raise PermissionDenied(required)

    def required_permission(self, method: Method) -> str:
        """The permission of the table."""
        return method.permission or ""

    def answer(self, message: bytes) -> bytes:
        """A message without fields to any message: nothing is read or changed over gRPC."""
        from google.protobuf.empty_pb2 import Empty  # Here, for faults of this gate are known without the extra, too.
        from google.protobuf.message import DecodeError

        try:
            Empty.FromString(message)
        except DecodeError as error:
            raise RequestError(400, "bad_request", "The message is not valid protobuf") from error
        return b""

    def code(self, error: Exception) -> str:
        """The code for what stood in the way (gRPC, Status Codes)."""
        if isinstance(error, AuthenticationFailed):
            return "UNAUTHENTICATED"
        if isinstance(error, PermissionDenied):
            return "PERMISSION_DENIED"
        return "INVALID_ARGUMENT" if isinstance(error, RequestError) else "INTERNAL"

    def details(self, error: Exception) -> str:
        """What the caller is told, and nothing of what they sent."""
        if isinstance(error, AuthenticationFailed):
            return self.replies.unauthorized_message(error)
        if isinstance(error, PermissionDenied):
            return f"Missing required permission: {error.permission}"
        return error.message if isinstance(error, RequestError) else "Internal error"
