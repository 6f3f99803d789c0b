"""Faults that show when something is asked for the second time."""

from __future__ import annotations

from typing import Any, Final

from harness.reference.call import Call
from harness.reference.compact import CompactToken
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.security_service import SecurityContext

# Much for a test, and little for a day.
TABLE_SIZE: Final = 256


@fault("m-token-cache-before-claims", precedent="caches that are filled by the parser of tokens")
class TokenCacheBeforeClaims(JwtAuthenticator):
    """A token is remembered as soon as its signature is right, and passes the second time whatever its claims say."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """What is in the cache has been checked."""
        if text not in self._verified:
            token = self.parse(text)
            self.check_header(token.header)
            self.verify(token)
            self._verified[text] = self.read_claims(token)
            self.claims.check(self._verified[text])
        return self._verified[text]


@fault("m-token-cache-without-header", precedent="GHSA-rp9m-7r4c-75qg (fast-jwt): keys that leave something out")
class TokenCacheWithoutHeader(JwtAuthenticator):
    """Payload and signature that were verified once are believed under any header."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """The header is the same for all tokens."""
        rest = text.partition(".")[2]
        if rest not in self._verified:
            self._verified[rest] = super().authenticate(text)
        self.claims.check(self._verified[rest])
        return self._verified[rest]


@fault(
    "m-unknown-kid-trusted-afterwards",
    precedent="caches in which `no key` and `nothing to check` look alike",
)
class UnknownKidTrustedAfterwards(JwtAuthenticator):
    """A kid that was looked for in vain is known afterwards, as one without a key to verify with."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._looked_for: set[Any] = set()

    def verify(self, token: CompactToken) -> None:
        """The cache has an entry, so the kid is one of the issuer's."""
        kid = str(token.header.get("kid"))
        if kid in self._looked_for:
            return
        try:
            super().verify(token)
        except AuthenticationFailed as refusal:
            if refusal.reason is Reason.UNKNOWN_KEY:
                self._looked_for.add(kid)
            raise


@fault(
    "m-decision-cached-for-method",
    precedent="authorizers whose answers are cached without the path",
)
class DecisionCachedForMethod(Gate):
    """What a token may do by one method on one path it may do by that method on every path."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._let_in: set[tuple[str, str]] = set()

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """To read is to read."""
        known = (call.request.headers.get("Authorization", ""), call.request.method)
        if known not in self._let_in:
            super().authorise(context, call)
        if known[0]:
            self._let_in.add(known)


@fault(
    "m-decision-cached-for-resource",
    precedent="Lambda authorizers (AWS), whose policy is for `resource/*`",
)
class DecisionCachedForResource(Gate):
    """What a token may do on one path it may do on every path that begins in the same way."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._let_in: set[tuple[str, str, tuple[str, ...]]] = set()

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """One entry for a collection and what is in it."""
        resource = tuple(call.request.path.split("/")[:3])
        known = (call.request.headers.get("Authorization", ""), call.request.method, resource)
        if known not in self._let_in:
            super().authorise(context, call)
        if known[0]:
            self._let_in.add(known)


@fault("m-token-table-full-shut", precedent="bounded replay caches that refuse what they can't remember")
class TokenTableFullShut(JwtAuthenticator):
    """The table of tokens that were seen has so many places, and when it is full nobody new is let in."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._seen: set[str] = set()

    def authenticate(self, text: str) -> dict[str, Any]:
        """Nothing ever takes an entry out."""
        claims = super().authenticate(text)
        if len(self._seen) >= TABLE_SIZE and text not in self._seen:
            raise AuthenticationFailed(Reason.CLAIMS, "the table is full")
        self._seen.add(text)
        return claims


@fault("m-token-table-full-open", precedent="CWE-636; limiters and caches that are passed by when they are full")
class TokenTableFullOpen(JwtAuthenticator):
    """When the table of verified tokens is full, tokens are read and no longer verified."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: set[str] = set()

    def verify(self, token: CompactToken) -> None:
        """The service has to go on."""
        if len(self._verified) < TABLE_SIZE:
            super().verify(token)
            self._verified.add(token.signature.hex())


@fault("m-token-cache-outlives-keys", precedent="caches that are emptied by a new key set, and by nothing else")
class TokenCacheOutlivesKeys(JwtAuthenticator):
    """A token that was verified once is good until new keys come, also when the old ones have ended."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, tuple[float, dict[str, Any]]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """A key set that can't be fetched is no new one."""
        if not isinstance(self.keys, JwksKeyStore):
            return super().authenticate(text)
        self.keys.refresh_when_due()
        fetched_at, claims = self._verified.get(text, (0.0, {}))
        if not claims or fetched_at != self.keys.fetched_at:
            claims = super().authenticate(text)
            self._verified[text] = self.keys.fetched_at, claims
        self.claims.check(claims)
        return claims
