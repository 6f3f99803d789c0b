"""Faults in what is written down."""

from __future__ import annotations

import logging
from typing import Any

from flask import Request, Response, has_request_context, request

from harness.reference.api_keys import ApiKeyRegistry
from harness.reference.call import Call
from harness.reference.compact import CompactToken
from harness.reference.credentials import CredentialReader
from harness.reference.errors import AuthenticationFailed, FetchFailed, PermissionDenied, Reason, RequestError
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.handlers import Handlers
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.replies import ErrorReplies
from harness.reference.security_service import SecurityContext

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


@fault("m-token-of-unknown-route-logged", precedent="CWE-532; a page for 404 and 405 that dumps the request")
class TokenOfUnknownRouteLogged(ErrorReplies):
    """The headers of a request that has no route, or a malformed body, are written to the log."""

    def refused(self, error: RequestError) -> Response:
        """Somebody has mistyped something, and wants to know what."""
        log.warning("%d: %s", error.status, dict(request.headers))
        return super().refused(error)


@fault("m-token-of-unknown-key-logged", precedent="CWE-532; a rotation that did not work, traced in production")
class TokenOfUnknownKeyLogged(JwtAuthenticator):
    """A token whose key is not found is written to the log."""

    def verify(self, token: CompactToken) -> None:
        """To see what the provider has signed it with."""
        try:
            super().verify(token)
        except AuthenticationFailed as refusal:
            if refusal.reason is Reason.UNKNOWN_KEY:
                log.warning("no key: %s", request.headers.get("Authorization"))
            raise


@fault("m-token-of-failed-fetch-logged", precedent="CWE-532; errors that carry the context of the request")
class TokenOfFailedFetchLogged(JwksKeyStore):
    """The credentials of the request that caused a fetch are written to the log when it fails."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """With everything that may have led to it."""
        if has_request_context():
            log.error("fetch failed for %s", request.headers.get("Authorization"))
        super().refresh_failed(failure)


@fault("m-malformed-token-logged", precedent="CWE-532; a parser whose errors quote what they could not read")
class MalformedTokenLogged(JwtAuthenticator):
    """A token that can't be taken apart is written to the log."""

    def parse(self, text: str) -> CompactToken:
        """It is no token, so it is no secret."""
        try:
            return super().parse(text)
        except AuthenticationFailed:
            log.warning("not a token: %s", text)
            raise


@fault("m-token-of-probe-logged", precedent="CWE-532; access logs of routes that nobody sends credentials to")
class TokenOfProbeLogged(Handlers):
    """The headers of a request to a public route are written to the log."""

    def health(self, body: Any, resource: Any) -> Response:
        """Who asks so often?"""
        log.warning("probe: %s", dict(request.headers))
        return super().health(body, resource)


@fault("m-token-of-write-logged", precedent="CWE-532; an audit log of what was changed by which request")
class TokenOfWriteLogged(Handlers):
    """The headers of a request that makes something are written to the log."""

    def create_task(self, body: Any, resource: Any) -> Response:
        """For the audit."""
        log.warning("created by: %s", dict(request.headers))
        return super().create_task(body, resource)


@fault("m-refused-api-key-logged", precedent="CWE-532; a key with one character too many is nearly a key")
class RefusedApiKeyLogged(ApiKeyRegistry):
    """An API key that is none of the configured ones is written to the log."""

    def permissions_of(self, presented: str) -> tuple[str, ...]:
        """It opens nothing."""
        try:
            return super().permissions_of(presented)
        except AuthenticationFailed:
            log.warning("unknown API key: %s", presented)
            raise


@fault("m-denied-api-key-logged", precedent="CWE-532; an audit log of who was denied what")
class DeniedApiKeyLogged(Gate):
    """The API key of a denied caller is written to the log."""

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """So that its owner can be found."""
        try:
            super().authorise(context, call)
        except PermissionDenied:
            log.warning("denied: %s", self.credentials.api_key(call.request))
            raise


@fault("m-log-forged-by-kid", precedent="CWE-117")
class LogForgedByKid(JwtAuthenticator):
    """A kid that nobody has is written to the log as it is, with its line feeds."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """A kid is a short word."""
        keys = super().candidate_keys(token)
        if not keys:
            log.warning("no key for kid %s", token.header.get("kid"))
        return keys


@fault("m-log-forged-by-path", precedent="CWE-117; CVE-2021-21401's class: decoded paths in an access log")
class LogForgedByPath(ErrorReplies):
    """The path of a request that has no route is written to the log decoded, with its line feeds."""

    def refused(self, error: RequestError) -> Response:
        """An access log of one's own."""
        log.warning("%d %s", error.status, request.path)
        return super().refused(error)
