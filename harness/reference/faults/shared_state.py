"""Faults of services that keep in one place for all requests what belongs to one of them."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

from harness.reference.faults.registry import fault
from harness.reference.jwt_authenticator import JwtAuthenticator, key_id


@fault("m-token-in-shared-state", precedent="validators with fields that are used as singletons (CWE-362)")
class TokenInSharedState(JwtAuthenticator):
    """The verifier keeps the token that it is at in itself, so that of two at once one may be taken for the other."""

    def authenticate(self, text: str) -> dict[str, Any]:
        """One object for all requests, made for one."""
        self._token = self.parse(text)
        self.check_header(self._token.header)
        self.verify(self._token)
        claims = self.read_claims(self._token)
        self.claims.check(claims)
        return claims


@fault("m-verification-shared", precedent="request coalescing with a key that leaves out who asks (CWE-488)")
class VerificationShared(JwtAuthenticator):
    """Verifications that run at the same time with the same key are done once, and all callers get its claims."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._under_way: dict[str | None, Future[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def authenticate(self, text: str) -> dict[str, Any]:
        """Single flight, as for the fetch of a key set, where a kid says all."""
        kid = key_id(self.parse(text).header)
        with self._lock:
            result = self._under_way.get(kid)
            if is_first := result is None:
                result = self._under_way[kid] = Future()
        if is_first:
            try:
                result.set_result(super().authenticate(text))
            except Exception as error:
                result.set_exception(error)
            del self._under_way[kid]
        return result.result()
