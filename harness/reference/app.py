"""The service as a Flask application, put together from its parts."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, Response, request

from harness.reference.api_keys import ApiKeyRegistry
from harness.reference.call import Call
from harness.reference.claims import ClaimsChecker
from harness.reference.clock import Clock
from harness.reference.credentials import CredentialReader
from harness.reference.errors import AuthenticationFailed, PermissionDenied, RequestError
from harness.reference.gate import Gate
from harness.reference.handlers import Handlers
from harness.reference.jwk import KeyLoader
from harness.reference.jwks_fetcher import JwksFetcher
from harness.reference.jwks_key_store import JwksKeyStore, KeySource
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.metrics import Metrics
from harness.reference.parts import Parts
from harness.reference.permissions import PermissionPolicy
from harness.reference.replies import ErrorReplies
from harness.reference.router import Router
from harness.reference.routes import RouteTable
from harness.reference.security_service import SecurityService
from harness.reference.settings import ReferenceSettings, SettingsCheck
from harness.reference.static_key import StaticKey
from harness.reference.store import TaskStore

log = logging.getLogger(__name__)


class ReferenceApp(Flask):
    """Flask for request, response and WSGI. Routing is our own, because it has to be exact."""

    def __init__(
        self,
        settings: ReferenceSettings,
        router: Router,
        gate: Gate,
        replies: ErrorReplies,
        keys: KeySource | None,
    ) -> None:
        super().__init__("harness.reference", static_folder=None)
        self.settings = settings
        self.router = router
        self.gate = gate
        self.replies = replies
        self.keys = keys

    def dispatch_request(self) -> Response:
        """Answers the current request; every exception becomes the answer it stands for."""
        try:
            match = self.router.match(request.method, request.path)
            return self.gate.serve(Call(request, match, self.settings.max_body_bytes))
        except AuthenticationFailed as failure:
            log.info("401: %s", failure.reason)
            return self.replies.unauthorized(failure)
        except PermissionDenied as denial:
            return self.replies.forbidden(denial)
        except RequestError as error:
            return self.replies.refused(error)
        except Exception as error:
            # The message of an unforeseen error may quote what the caller sent; type and place do not.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("500: %s in %s line %d", type(error).__name__, place.name, place.lineno or 0)
            return self.replies.broken()

    def close(self) -> None:
        """Ends the JWKS fetches under way."""
        if self.keys is not None:
            self.keys.close()


def build_app(settings: ReferenceSettings, parts: Parts | None = None, clock: Clock | None = None) -> ReferenceApp:
    """A service with these settings; raises `SettingsError` when it cannot run with them."""
    parts, clock = parts or Parts(), clock or Clock()
    settings = parts.of(SettingsCheck)().checked(settings)
    routes = parts.of(RouteTable)(settings).routes()
    metrics = parts.of(Metrics)()
    permissions = parts.of(PermissionPolicy)(settings)
    keys = key_source(settings, parts, clock)
    security = parts.of(SecurityService)(
        settings,
        authenticator(settings, parts, clock, keys),
        parts.of(ApiKeyRegistry)(settings),
        permissions,
        metrics,
    )
    handlers = parts.of(Handlers)(settings, routes, TaskStore(), metrics, keys)
    gate = parts.of(Gate)(parts.of(CredentialReader)(settings), security, permissions, handlers, metrics)
    return ReferenceApp(settings, parts.of(Router)(routes), gate, parts.of(ErrorReplies)(), keys)


def key_source(settings: ReferenceSettings, parts: Parts, clock: Clock) -> KeySource | None:
    """Where keys come from; None when authentication is switched off."""
    if not settings.enabled:
        return None
    if settings.verification_method == "public_key":
        return StaticKey(settings.public_key_pem)
    fetcher = parts.of(JwksFetcher)(settings)
    return parts.of(JwksKeyStore)(settings, fetcher, parts.of(KeyLoader)(), clock.monotonic)


def authenticator(
    settings: ReferenceSettings, parts: Parts, clock: Clock, keys: KeySource | None
) -> JwtAuthenticator | None:
    """The verifier of bearer tokens; None when authentication is switched off."""
    if keys is None:
        return None
    claims = parts.of(ClaimsChecker)(settings, clock.now)
    return parts.of(JwtAuthenticator)(settings, keys, claims)
