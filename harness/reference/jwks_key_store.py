"""The keys of the issuer: when they are fetched, how long they count, and who waits for whom."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Final, Protocol

from harness.reference.errors import FetchFailed
from harness.reference.jwk import KeyLoader, VerificationKey
from harness.reference.jwks_fetcher import JwksFetcher
from harness.reference.settings import ReferenceSettings
from harness.reference.single_flight import SingleFlight

log = logging.getLogger(__name__)

# Real kids have 16 to 64 characters. A longer one is not worth a fetch.
MAX_KID_LENGTH: Final = 256


class KeySource(Protocol):
    """Where an authenticator gets its keys from."""

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """The keys a token with this `kid` may be signed with; all of them when it has none."""

    def close(self) -> None:
        """Ends what is under way."""


class JwksKeyStore:
    """The key set of one issuer, fetched on the first request and kept for the refresh interval.

    Seed documents: "keys are cached for the configured refresh interval", "when a token has an unknown kid, a
    refresh is triggered", `jwks_max_stale_seconds`. A refresh replaces the set. `monotonic()` is in seconds.

    The fields are the whole state, each replaced in one step, so that readers need no lock.
    """

    def __init__(
        self,
        settings: ReferenceSettings,
        fetcher: JwksFetcher,
        loader: KeyLoader,
        monotonic: Callable[[], float],
    ) -> None:
        self.settings = settings
        self.fetcher = fetcher
        self.loader = loader
        self.monotonic = monotonic
        self.flight = SingleFlight()
        self.keys: tuple[VerificationKey, ...] = ()
        self.requested_at = -math.inf
        self.fetched_at = -math.inf
        self.retry_at = -math.inf
        self.fruitless_at = -math.inf

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """The published keys with exactly this `kid` (RFC 7517 §4.5), or all when the token names none.

        Waits for a refresh only when the set is due for one or does not hold the kid.
        """
        asked_at = self.monotonic()
        self.refresh_when_due()
        found = self.matching(kid)
        if kid is not None and not found:
            self.refresh_for_unknown(kid, asked_at)
            found = self.matching(kid)
        return found

    def close(self) -> None:
        """Ends the fetches under way."""
        self.fetcher.close()

    def matching(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """The usable keys with this `kid`, all of them for None."""
        keys = self.keys if self.is_usable() else ()
        return keys if kid is None else tuple(key for key in keys if key.kid == kid)

    def age(self) -> float:
        """Seconds since the set arrived; infinite when none ever did."""
        return self.monotonic() - self.fetched_at

    def is_due(self) -> bool:
        """Whether the set is older than the refresh interval."""
        return self.age() >= self.settings.jwks_refresh_interval_seconds

    def is_usable(self) -> bool:
        """Whether the set counts: for the refresh interval and, in an outage, the stale window after it."""
        return self.age() < self.settings.jwks_refresh_interval_seconds + self.settings.jwks_max_stale_seconds

    def refresh_when_due(self) -> None:
        """Renews a set that is due, so that a retired key dies without anybody showing a new one."""
        if self.is_due():
            self.coalesce(self.refresh, lambda: self.is_due() and self.may_retry())

    def refresh_for_unknown(self, kid: str, asked_at: float) -> None:
        """Looks once whether the issuer has published `kid`, unless the set is newer than the question."""

        def look() -> None:
            self.refresh()
            if not self.matching(kid):
                self.fruitless_at = self.monotonic()

        def is_worth_it() -> bool:
            return self.requested_at < asked_at and not self.matching(kid) and self.may_look_for(kid)

        self.coalesce(look, is_worth_it)
        if is_worth_it():  # The run that was joined had begun before the question was asked.
            self.coalesce(look, is_worth_it)

    def coalesce(self, work: Callable[[], None], may_start: Callable[[], bool]) -> None:
        """Lets one thread do `work` while the others that need it wait for that one."""
        self.flight.run(work, may_start)

    def may_retry(self) -> bool:
        """Whether enough time has passed since the last failed refresh."""
        return self.monotonic() >= self.retry_at

    def may_look_for(self, kid: str) -> bool:
        """Whether an unknown kid is worth a fetch: strangers must not drive the issuer's load.

        The cool-down runs from the last look that found nothing; a look that finds its key starts none.
        """
        rested = self.monotonic() - self.fruitless_at >= self.settings.unknown_kid_cooldown_seconds
        return rested and self.may_retry() and len(kid) <= MAX_KID_LENGTH

    def refresh(self) -> None:
        """Fetches and installs the set; a failure leaves the keys alone and makes the next try wait."""
        requested_at = self.monotonic()
        try:
            keys = self.loader.load_set(self.fetcher.fetch())
        except FetchFailed as failure:
            self.refresh_failed(failure)
            return
        self.install(keys)
        self.requested_at = requested_at
        self.fetched_at = self.monotonic()
        self.retry_at = -math.inf

    def install(self, keys: tuple[VerificationKey, ...]) -> None:
        """Replaces the set: what the issuer no longer publishes is gone."""
        self.keys = keys

    def refresh_failed(self, failure: FetchFailed) -> None:
        """Gives the issuer a rest; the stale window decides how long the known keys still count."""
        log.warning("the key set was not refreshed: %s", failure)
        self.retry_at = self.monotonic() + max(self.settings.failed_refresh_backoff_seconds, failure.retry_after)
