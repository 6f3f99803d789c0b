"""Faults in keeping the key set: when it is refreshed, what a failure does, who waits for whom."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, Final

from harness.reference.errors import FetchFailed
from harness.reference.faults.registry import fault
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore

# The limiter of m-rate-limit-starves-rotation: so many unknown kids in so many seconds.
LIMIT: Final = 10
LIMIT_SECONDS: Final = 600.0


@fault("m-never-refresh-unknown-kid", precedent="openfga#3099, spring-security#11621")
class NeverRefreshUnknownKid(JwksKeyStore):
    """A kid that is not in the set is wrong; that it may be new does not occur to anybody."""

    def refresh_for_unknown(self, kid: str, asked_at: float) -> None:
        """The timer alone refreshes."""


@fault("m-refresh-every-request", precedent="auth0.net#343")
class RefreshEveryRequest(JwksKeyStore):
    """The key set is fetched for every request."""

    def is_due(self) -> bool:
        """A new client, and with it a new cache, for each request."""
        return True


@fault("m-no-timed-refresh", precedent="spring-security#5853")
class NoTimedRefresh(JwksKeyStore):
    """Only an unknown kid refreshes; a retired key lives until somebody shows a new one."""

    def age(self) -> float:
        """Once loaded, the set never gets older."""
        return super().age() if self.fetched_at == -math.inf else 0.0


@fault("m-merge-never-remove", precedent="auth0/jwks-rsa-java#69")
class MergeNeverRemove(JwksKeyStore):
    """A refresh adds the new keys and keeps the old ones for ever."""

    def install(self, keys: tuple[VerificationKey, ...]) -> None:
        """`cache.update(fetched)`."""
        fetched = {key.kid for key in keys}
        super().install(keys + tuple(key for key in self.keys if key.kid not in fetched))


@fault("m-no-coalescing", precedent="opensearch-project/security twoThreadedTest")
class NoCoalescing(JwksKeyStore):
    """Every request that finds the set wanting performs a fetch of its own."""

    def coalesce(self, work: Callable[[], None], may_start: Callable[[], bool]) -> None:
        """Check, then act, without a lock."""
        if may_start():
            work()


@fault("m-serialised-blocking-refresh", precedent="camunda#60337")
class SerialisedBlockingRefresh(JwksKeyStore):
    """A lock is held across the fetch, and those who waited for it fetch again, one after another."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.lock = threading.Lock()

    def coalesce(self, work: Callable[[], None], may_start: Callable[[], bool]) -> None:
        """The question is asked before the lock is taken and not again after it."""
        if may_start():
            with self.lock:
                work()


@fault("m-new-key-for-the-first-only", precedent="keyfunc: callers who find its limiter used up are refused")
class NewKeyForTheFirstOnly(JwksKeyStore):
    """One caller at a time may look for a new key, and whoever brings it meanwhile is refused at once."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.looking = threading.Lock()

    def refresh_for_unknown(self, kid: str, asked_at: float) -> None:
        """Nobody waits for somebody else's fetch."""
        if self.looking.acquire(blocking=False):
            try:
                super().refresh_for_unknown(kid, asked_at)
            finally:
                self.looking.release()


@fault("m-refresh-blocks-known-keys", precedent="camunda#60337")
class RefreshBlocksKnownKeys(JwksKeyStore):
    """Whoever wants a key that is there waits for the fetch of one that is not."""

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """One lock for looking up and for refreshing."""
        self.flight.wait()
        return super().find(kid)


@fault("m-no-unknown-kid-cooldown", precedent="go-oidc#482, micronaut#2289, camunda#60434")
class NoUnknownKidCooldown(JwksKeyStore):
    """Each unknown kid costs the issuer one fetch, without limit."""

    def may_look_for(self, kid: str) -> bool:
        """Anybody may ask."""
        return True


@fault("m-rate-limit-starves-rotation", precedent="auth0/jwks-rsa-java#173")
class RateLimitStarvesRotation(JwksKeyStore):
    """Ten unknown kids use up the limiter for ten minutes, and a genuine new key is not looked for."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.asked: list[float] = []

    def may_look_for(self, kid: str) -> bool:
        """The limiter counts questions instead of fetches."""
        now = self.monotonic()
        self.asked = [at for at in self.asked if now - at < LIMIT_SECONDS] + [now]
        return len(self.asked) <= LIMIT and super().may_look_for(kid)


@fault("m-negative-cache-forever", precedent="node-jwks-rsa#268")
class NegativeCacheForever(JwksKeyStore):
    """A kid that was unknown once stays unknown."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.unknown: set[str | None] = set()

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """Misses are cached like hits, without an end."""
        found = () if kid in self.unknown else super().find(kid)
        if not found:
            self.unknown.add(kid)
        return found


@fault("m-drop-keys-on-failed-refresh", precedent="pyjwt test_get_jwt_set_failed_request_should_clear_cache")
class DropKeysOnFailedRefresh(JwksKeyStore):
    """A failed refresh empties the cache."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """`self.keys = fetch() or []`."""
        self.keys = ()
        super().refresh_failed(failure)


@fault("m-stale-forever", precedent="the fallback window of node-jwks-rsa")
class StaleForever(JwksKeyStore):
    """During an outage the old keys count without end."""

    def is_usable(self) -> bool:
        """Better old keys than none."""
        return True


@fault("m-boot-failure-permanent", precedent="quarkus#16725, gravitee#7012")
class BootFailurePermanent(JwksKeyStore):
    """When the first fetch fails, tokens are refused until the service is restarted."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """Initialisation happens once."""
        super().refresh_failed(failure)
        if self.fetched_at == -math.inf:
            self.retry_at = math.inf


@fault("m-no-recovery-after-outage", precedent="the death of a background refresh task")
class NoRecoveryAfterOutage(JwksKeyStore):
    """The refresh dies of its first failure and is never started again."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """An exception ended the task; nobody watches tasks."""
        super().refresh_failed(failure)
        self.retry_at = math.inf


@fault("m-429-hammering", precedent="RFC 9110 §10.2.3; the class of retry storms")
class Hammering429(JwksKeyStore):
    """A failed refresh is tried again with the next request, whatever Retry-After says."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """The next request will try again anyway."""


@fault("m-duplicate-kid-first", precedent="PyJWKClient.match_kid of PyJWT, which ends at the first match")
class DuplicateKidFirst(JwksKeyStore):
    """Of several keys with one kid only the first is tried, whatever its type."""

    def matching(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """`next(key for key in keys if key.kid == kid)`."""
        found = super().matching(kid)
        return found if kid is None else found[:1]


@fault("m-unknown-kid-renews-keys", precedent="a time stamp that is set with every try, also with one that failed")
class UnknownKidRenewsKeys(JwksKeyStore):
    """A look for an unknown kid makes the known keys young again, also when it failed."""

    def refresh_for_unknown(self, kid: str, asked_at: float) -> None:
        """The set has been looked at just now."""
        super().refresh_for_unknown(kid, asked_at)
        if self.keys:
            self.fetched_at = self.monotonic()
