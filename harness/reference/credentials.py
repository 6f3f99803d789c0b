"""Where a request carries its credentials: two header fields and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Request

from harness.reference.settings import ReferenceSettings


@dataclass(frozen=True)
class Credentials:
    """What was presented, not yet believed; None means that nothing of the kind was sent."""

    bearer: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)


class CredentialReader:
    """Finds the bearer token (RFC 6750 §2.1) and the API key of a request."""

    def __init__(self, settings: ReferenceSettings) -> None:
        self.settings = settings

    def read(self, request: Request) -> Credentials:
        """Both credentials of the request, as sent."""
        return Credentials(self.bearer(request), self.api_key(request))

    def bearer(self, request: Request) -> str | None:
        """The token after the scheme, which has no case and is followed by spaces (RFC 9110 §11)."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token.lstrip(" ") if self.is_bearer(scheme) else None

    def is_bearer(self, scheme: str) -> bool:
        """Whether an authentication scheme is ours."""
        return scheme.lower() == "bearer"

    def api_key(self, request: Request) -> str | None:
        """The value of the API key header."""
        return request.headers.get(self.api_key_header())

    def api_key_header(self) -> str:
        """The name of the one header that carries API keys; field names have no case (RFC 9110 §5.1)."""
        return self.settings.api_key_header
