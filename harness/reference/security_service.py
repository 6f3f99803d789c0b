"""The authentication backend: from credentials to an identity with permissions."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from harness.reference.api_keys import ApiKeyRegistry
from harness.reference.credentials import Credentials
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.metrics import Metrics
from harness.reference.permissions import WILDCARDS, PermissionPolicy
from harness.reference.settings import ReferenceSettings


@dataclass(frozen=True)
class SecurityContext:
    """What the caller may do; who they are decides nothing here."""

    permissions: Collection[str]


DISABLED = SecurityContext(WILDCARDS)


class SecurityService:
    """Tells who a request comes from. A bearer token decides alone: no other credential rescues a bad one."""

    def __init__(
        self,
        settings: ReferenceSettings,
        jwt: JwtAuthenticator | None,
        api_keys: ApiKeyRegistry,
        permissions: PermissionPolicy,
        metrics: Metrics,
    ) -> None:
        """`jwt` is None exactly when authentication is switched off."""
        self.settings = settings
        self.jwt = jwt
        self.api_keys = api_keys
        self.permissions = permissions
        self.metrics = metrics

    def authenticate(self, credentials: Credentials) -> SecurityContext:
        """The identity behind the credentials; raises `AuthenticationFailed` and counts it."""
        if self.jwt is None:
            return DISABLED
        method = method_of(credentials)
        try:
            context = self.identify(credentials)
        except AuthenticationFailed as failure:
            self.metrics.failed(method, failure.reason)
            raise
        self.metrics.authenticated(method)
        return context

    def identify(self, credentials: Credentials) -> SecurityContext:
        """The identity by precedence: a bearer token, else an API key, else nobody."""
        if credentials.bearer is not None:
            return self.by_token(credentials.bearer)
        if credentials.api_key is not None:
            return self.by_api_key(credentials.api_key)
        raise AuthenticationFailed(Reason.MISSING, "no credentials")

    def by_token(self, token: str) -> SecurityContext:
        """The identity a token proves."""
        return SecurityContext(self.permissions.granted(self.verified_claims(token)))

    def verified_claims(self, token: str) -> dict[str, Any]:
        """The claims of a valid token; the time it takes is measured either way."""
        assert self.jwt is not None
        began = time.perf_counter()
        result = "failure"
        try:
            claims = self.jwt.authenticate(token)
            result = "success"
        finally:
            self.metrics.verified(time.perf_counter() - began, result)
        return claims

    def by_api_key(self, key: str) -> SecurityContext:
        """The identity an API key proves."""
        return SecurityContext(self.api_keys.permissions_of(key))


def method_of(credentials: Credentials) -> str:
    """The label value for the kind of credential that decides."""
    if credentials.bearer is not None:
        return "jwt"
    return "none" if credentials.api_key is None else "api_key"
