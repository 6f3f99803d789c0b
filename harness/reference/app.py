"""The service as a Flask application, put together from its parts."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module

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
from harness.reference.metadata import MetadataReader
from harness.reference.metrics import Metrics
from harness.reference.parts import Parts
from harness.reference.permissions import PermissionPolicy
from harness.reference.replies import ErrorReplies
from harness.reference.router import Router
from harness.reference.routes import RouteTable
from harness.reference.security_service import SecurityService
from harness.reference.settings import SERVICES_WITH_PARTS, ReferenceSettings, SettingsCheck
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
        keys: tuple[KeySource, ...],
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
            # As it was sent: `request.method` is in upper case, and `get` is another method than GET (RFC 9110 §9.1).
            match = self.router.match(request.environ["REQUEST_METHOD"], request.path)
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
        for keys in self.keys:
            keys.close()


def build_app(settings: ReferenceSettings, parts: Parts | None = None, clock: Clock | None = None) -> ReferenceApp:
    """A service with these settings; raises `SettingsError` when it cannot run with them."""
    parts, clock = parts or Parts(), clock or Clock()
    settings = parts.of(SettingsCheck)().checked(settings)
    if settings.service in SERVICES_WITH_PARTS:  # They are loaded for nobody else.
        parts = parts.of_service(import_module(f"harness.reference.{settings.service}").PARTS)
    routes = parts.of(RouteTable)(settings).routes()
    metrics = parts.of(Metrics)()
    permissions = parts.of(PermissionPolicy)(settings)
    keys = key_source(settings, parts, clock)
    other_keys = keys_of_other_issuers(settings, parts, clock)
    security = parts.of(SecurityService)(
        settings,
        authenticator(settings, parts, clock, keys, other_keys),
        parts.of(ApiKeyRegistry)(settings),
        permissions,
        metrics,
    )
    handlers = parts.of(Handlers)(settings, routes, TaskStore(), metrics, keys)
    gate = parts.of(Gate)(parts.of(CredentialReader)(settings), security, permissions, handlers, metrics)
    sources = () if keys is None else (keys, *other_keys.values())
    return ReferenceApp(settings, parts.of(Router)(routes), gate, parts.of(ErrorReplies)(settings), sources)


def key_source(settings: ReferenceSettings, parts: Parts, clock: Clock) -> KeySource | None:
    """Where keys come from; None when authentication is switched off."""
    if not settings.enabled:
        return None
    if settings.verification_method == "public_key":
        return parts.of(StaticKey)(settings.public_key_pem, settings.jwt_allowed_algorithms)
    return fetched_keys(settings, parts, clock)


def fetched_keys(settings: ReferenceSettings, parts: Parts, clock: Clock) -> JwksKeyStore:
    """The published keys of `jwt_issuer`."""
    fetcher = parts.of(JwksFetcher)(settings, parts.of(MetadataReader)(settings))
    return parts.of(JwksKeyStore)(settings, fetcher, parts.of(KeyLoader)(), clock.monotonic)


def keys_of_other_issuers(settings: ReferenceSettings, parts: Parts, clock: Clock) -> Mapping[str, KeySource]:
    """The published keys of the second issuer, if there is one, by its name."""
    if not settings.second_issuer:
        return {}
    second = replace(settings, jwt_issuer=settings.second_issuer, jwks_url=settings.second_jwks_url, discovery_url="")
    return {settings.second_issuer: fetched_keys(second, parts, clock)}


def authenticator(
    settings: ReferenceSettings,
    parts: Parts,
    clock: Clock,
    keys: KeySource | None,
    other_keys: Mapping[str, KeySource],
) -> JwtAuthenticator | None:
    """The verifier of bearer tokens; None when authentication is switched off."""
    if keys is None:
        return None
    claims = parts.of(ClaimsChecker)(settings, clock.now)
    return parts.of(JwtAuthenticator)(settings, keys, claims, other_keys)
