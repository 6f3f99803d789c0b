"""Faults in how credentials are carried, in which order the gates stand, and in what refusals say."""

from __future__ import annotations

import posixpath
import re
import traceback
import weakref
from dataclasses import replace
from typing import Any, Final

from flask import Request, Response, request

from harness.reference.call import Call
from harness.reference.credentials import CredentialReader
from harness.reference.errors import AuthenticationFailed, PermissionDenied, Reason
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.permissions import WILDCARDS
from harness.reference.replies import ErrorReplies
from harness.reference.router import Match, Router
from harness.reference.security_service import SecurityContext

IDENTITY_HEADERS: Final = ("X-Forwarded-User", "X-Remote-User", "X-User-Id", "X-Authenticated")


@fault("m-403-for-bad-token", precedent="RFC 6750 §3.1")
class Status403ForBadToken(ErrorReplies):
    """An invalid token is answered 403."""

    def unauthorized_status(self, failure: AuthenticationFailed) -> int:
        """Forbidden sounds stronger."""
        return 401 if failure.reason is Reason.MISSING else 403


@fault("m-403-for-missing-credentials", precedent="FastAPI before 0.122, HTTPBearer")
class Status403ForMissingCredentials(ErrorReplies):
    """A request without credentials is answered 403."""

    def unauthorized_status(self, failure: AuthenticationFailed) -> int:
        """Nobody may come in without a token."""
        return 403 if failure.reason is Reason.MISSING else 401


@fault("m-401-for-missing-permission", precedent="RFC 6750 §3.1")
class Status401ForMissingPermission(ErrorReplies):
    """A missing permission is answered 401, so that clients fetch new tokens in a loop."""

    def forbidden(self, denial: PermissionDenied) -> Response:
        """One answer for everything that concerns access."""
        return self.unauthorized(AuthenticationFailed(Reason.PERMISSIONS, "a permission is missing"))


@fault("m-no-www-authenticate", precedent="RFC 9110 §11.6.1")
class NoWwwAuthenticate(ErrorReplies):
    """A 401 comes without a challenge."""

    def challenge(self, failure: AuthenticationFailed) -> str:
        """Browsers would open a dialogue."""
        return ""


@fault("m-error-echoes-token", precedent="CVE-2019-7644 (auth0-wcf-service-jwt)")
class ErrorEchoesToken(ErrorReplies):
    """The error body repeats the credential it refuses."""

    def unauthorized_message(self, failure: AuthenticationFailed) -> str:
        """Helpful for debugging."""
        return f"{super().unauthorized_message(failure)}: {request.headers.get('Authorization', '')}"


@fault("m-error-leaks-internals", precedent="spring-security gh-5457; mt-auth#135")
class ErrorLeaksInternals(ErrorReplies):
    """The error body holds the exception of the library, with its stack."""

    def unauthorized_message(self, failure: AuthenticationFailed) -> str:
        """Helpful for debugging."""
        return "".join(traceback.format_exception(failure))


@fault("m-scheme-case-sensitive", precedent="hyperium/headers#141")
class SchemeCaseSensitive(CredentialReader):
    """Only `Bearer` in exactly this spelling is understood."""

    def is_bearer(self, scheme: str) -> bool:
        """RFC 9110 §11.1 was not read."""
        return scheme == "Bearer"


@fault("m-any-scheme", precedent="Basic credentials in oauth2-proxy")
class AnyScheme(CredentialReader):
    """The first word is stripped, whatever it is, and the rest is the token."""

    def is_bearer(self, scheme: str) -> bool:
        """`header.split(" ")[1]`."""
        return scheme != ""


@fault("m-scheme-in-text", precedent="the class of CVE-2024-53861: membership tested in a string")
class SchemeInText(CredentialReader):
    """A scheme that has `bearer` in it is as good as Bearer."""

    def is_bearer(self, scheme: str) -> bool:
        """`in`, or a `startswith` that forgets the blank."""
        return "bearer" in scheme.lower()


@fault("m-scheme-anywhere", precedent="`header.split('Bearer ')[-1]`, which is in many examples; CWE-777")
class SchemeAnywhere(CredentialReader):
    """The token stands behind the word Bearer, wherever in the field that is."""

    def bearer(self, request: Request) -> str | None:
        """A search that is not anchored at the beginning."""
        found = re.search(r"(?:^|[ ,])bearer +(\S+)$", request.headers.get("Authorization", ""), re.IGNORECASE)
        return found[1] if found else super().bearer(request)


@fault("m-token-is-last-word", precedent="`header.split()[-1]`")
class TokenIsLastWord(CredentialReader):
    """Of several words behind Bearer the last one is the token."""

    def bearer(self, request: Request) -> str | None:
        """RFC 6750 §2.1 has exactly one."""
        token = super().bearer(request)
        return token.rpartition(" ")[2] if token else token


@fault("m-query-token", precedent="the default of envoy; RFC 6750 §5.3")
class QueryToken(CredentialReader):
    """A token in the query, in a cookie or in a form is as good as one in the header."""

    def bearer(self, request: Request) -> str | None:
        """RFC 6750 §2 describes three ways; its §5.3 says which of them to leave alone."""
        name = "access_token"
        elsewhere = request.args.get(name) or request.cookies.get(name) or request.form.get(name)
        return super().bearer(request) or elsewhere


@fault("m-identity-header-trusted", precedent="CVE-2021-41130 (Google ESPv2)")
class IdentityHeaderTrusted(Gate):
    """A header that a proxy would set is believed from anybody."""

    def authenticate(self, call: Call) -> SecurityContext:
        """The proxy in front has done the work; nobody checks that there is one."""
        for name in IDENTITY_HEADERS:
            if name in call.request.headers:
                return SecurityContext(WILDCARDS)
        return super().authenticate(call)


@fault("m-connection-auth", precedent="connection authentication in the manner of NTLM")
class ConnectionAuth(Gate):
    """Who was let in once on a connection is let in on it for good."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.known: weakref.WeakKeyDictionary[Any, SecurityContext] = weakref.WeakKeyDictionary()

    def authenticate(self, call: Call) -> SecurityContext:
        """The handshake is expensive, so its result is kept beside the socket."""
        connection = call.request.environ["reference.connection"]
        if connection not in self.known:
            self.known[connection] = super().authenticate(call)
        return self.known[connection]


@fault("m-body-before-auth", precedent="seed: Known Limitations, body before permission, since resolved")
class BodyBeforeAuth(Gate):
    """The body is parsed before anybody asks who sent it."""

    def serve(self, call: Call) -> Response:
        """The framework deserialises the arguments of a handler first."""
        if call.request.method in ("POST", "PATCH"):
            call.json()
        return super().serve(call)


@fault("m-lookup-before-permission", precedent="OWASP API Security Top 10, API1")
class LookupBeforePermission(Gate):
    """The resource is looked up before the permission is checked, so that 404 tells what exists."""

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """The permission might depend on the resource."""
        self.handlers.find(call)
        super().authorise(context, call)


@fault("m-effect-before-denial", precedent="the check-after-use class")
class EffectBeforeDenial(Gate):
    """The handler runs, and then the call is refused."""

    def serve(self, call: Call) -> Response:
        """The check was written as a filter on the answer."""
        if self.is_public(call):
            return self.respond(call)
        context = self.authenticate(call)
        answer = self.respond(call)
        self.authorise(context, call)
        return answer


@fault("m-path-normalisation-gap", precedent="CVE-2021-31920 (Istio), CVE-2020-8595 (Istio)")
class PathNormalisationGap(Router):
    """The gate looks at the path as sent, the router at the path normalised."""

    def match(self, method: str, path: str) -> Match:
        """A gate in front of the router, each with its own idea of a path."""
        found = super().match(method, posixpath.normpath(path))
        return replace(found, public=path.startswith(("/health", "/metrics", "/api-docs")))


@fault("m-401-differs", precedent="the observable discrepancy class (CWE-204)")
class Differing401(ErrorReplies):
    """Each reason for a 401 has a text of its own, which tells a stranger how far they came."""

    def unauthorized_message(self, failure: AuthenticationFailed) -> str:
        """Helpful for debugging."""
        return f"Authentication failed: {failure.reason.replace('_', ' ')}"
