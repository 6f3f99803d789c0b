"""Faults in which routes are open, and in what the service does when it is misconfigured."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final

from flask import Response

from harness.reference.call import Call
from harness.reference.errors import FetchFailed, SettingsError
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.handlers import Handlers
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.replies import json_reply
from harness.reference.routes import Route, RouteTable
from harness.reference.settings import ReferenceSettings, SettingsCheck

PUBLIC_PREFIXES: Final = ("/health", "/metrics", "/api-docs")


@fault("m-health-requires-auth", precedent="prefect#16726, allure-server#93")
class HealthRequiresAuth(Gate):
    """The health routes ask for credentials."""

    def is_public(self, call: Call) -> bool:
        """The gate was put in front of everything."""
        return super().is_public(call) and not call.request.path.startswith("/health")


@fault("m-public-prefix-match", precedent="CVE-2025-54576 (oauth2-proxy)")
class PublicPrefixMatch(Gate):
    """A request is public when a public path occurs anywhere in its target, the query included."""

    def is_public(self, call: Call) -> bool:
        """A pattern without an anchor."""
        return super().is_public(call) or any(path in call.request.full_path for path in PUBLIC_PREFIXES)


@fault("m-config-unprotected", precedent="seed: config_endpoint_enabled")
class ConfigUnprotected(Gate):
    """/config is for everybody who has any valid credential."""

    def required_permission(self, route: Route) -> str | None:
        """Being logged in seemed enough."""
        return None if route.path == "/config" else super().required_permission(route)


@fault("m-config-served-when-off", precedent="seed: config_endpoint_enabled")
class ConfigServedWhenOff(RouteTable):
    """The switch of the configuration endpoint has no effect."""

    def config_is_served(self) -> bool:
        """The route is registered with the others."""
        return True


@fault("m-liveness-needs-idp", precedent="camunda#34189")
class LivenessNeedsIdp(Handlers):
    """Health fails, or waits, when the issuer does."""

    def health(self, body: Any, resource: Any) -> Response:
        """Every dependency is part of the health."""
        if isinstance(self.keys, JwksKeyStore):
            self.keys.refresh()
            if not self.keys.may_retry():
                return json_reply(503, {"status": "unhealthy"})
        return super().health(body, resource)


@fault("m-unknown-config-means-open", precedent="Tasker 0.1.8 with the documented [auth] table")
class UnknownConfigMeansOpen(SettingsCheck):
    """Settings that make no sense are ignored, and with them authentication."""

    def checked(self, settings: ReferenceSettings) -> ReferenceSettings:
        """The service has to start."""
        try:
            return super().checked(settings)
        except SettingsError:
            return replace(settings, enabled=False)


@fault("m-private-jwk-echoed", precedent="oidc-provider-mock#240; the class of raw documents passed on")
class PrivateJwkEchoed(Handlers):
    """/config shows the key set as it was published, with any private member that the issuer leaked."""

    def config(self, body: Any, resource: Any) -> Response:
        """A key set is public, after all."""
        answer = super().config(body, resource)
        if isinstance(self.keys, JwksKeyStore):
            with suppress(FetchFailed, ValueError):
                answer.set_data(json.dumps(answer.get_json() | {"jwks": json.loads(self.keys.fetcher.fetch())}))
        return answer


@fault("m-config-secrets-shown", precedent="Spring Boot Actuator's /env before it masked values")
class ConfigSecretsShown(Handlers):
    """/config shows the settings as they were read, with the secrets."""

    def config(self, body: Any, resource: Any) -> Response:
        """Whoever may see it is an administrator."""
        return json_reply(200, asdict(self.settings))
