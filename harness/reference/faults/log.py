"""Faults in what is written down."""

from __future__ import annotations

import logging

from flask import Request, Response, request

from harness.reference.credentials import CredentialReader
from harness.reference.errors import AuthenticationFailed, PermissionDenied
from harness.reference.faults.registry import fault
from harness.reference.replies import ErrorReplies

log = logging.getLogger(__name__)


@fault("m-token-logged", precedent="CVE-2019-11250 (Kubernetes client-go), CWE-532")
class TokenLogged(CredentialReader):
    """Every token is written to the log as it comes."""

    def bearer(self, request: Request) -> str | None:
        """A line that was of use once."""
        token = super().bearer(request)
        log.warning("bearer token: %s", token)
        return token


@fault("m-refused-token-logged", precedent="CWE-532; an exception handler that logs the request with its headers")
class RefusedTokenLogged(ErrorReplies):
    """The headers of a refused request are written to the log."""

    def unauthorized_message(self, failure: AuthenticationFailed) -> str:
        """What somebody needs who is to find out why."""
        log.warning("%s: %s", failure.reason, dict(request.headers))
        return super().unauthorized_message(failure)


@fault("m-denied-token-logged", precedent="CWE-532; an audit log of who was denied what")
class DeniedTokenLogged(ErrorReplies):
    """The token of a denied caller is written to the log."""

    def forbidden(self, denial: PermissionDenied) -> Response:
        """So that the audit can see who it was."""
        log.warning("denied: %s", request.headers.get("Authorization"))
        return super().forbidden(denial)


@fault("m-api-key-logged", precedent="CWE-532")
class ApiKeyLogged(CredentialReader):
    """Every API key is written to the log as it comes."""

    def api_key(self, request: Request) -> str | None:
        """Beside the address of the caller."""
        key = super().api_key(request)
        if key is not None:
            log.warning("API key %s of %s", key, request.remote_addr)
        return key
