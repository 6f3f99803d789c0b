"""Faults that one odd answer of the identity provider brings out, or what goes with the key set."""

from __future__ import annotations

import http.client
import json
import math
import re
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from harness.reference.algorithms import ALGORITHMS
from harness.reference.errors import FetchFailed
from harness.reference.faults.http_get import get
from harness.reference.faults.registry import fault
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_fetcher import JwksFetcher
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.metadata import MetadataReader

# What the fetcher says of an answer that is no key set, or breaks off.
NO_KEY_SET: Final = ("is not JSON", "has no array")
BROKEN_OFF: Final = ("ConnectionResetError", "RemoteDisconnected", "IncompleteRead", "shorter than announced")


def says(failure: FetchFailed, sentences: Sequence[str]) -> bool:
    """Whether a failure is one of these."""
    return any(sentence in str(failure) for sentence in sentences)


@fault("m-late-answer-ends-refresh", precedent="go-oidc, jwx: a context with a deadline that is used once more")
class LateAnswerEndsRefresh(JwksKeyStore):
    """The refresh dies of an answer that doesn't come in time, and is never started again."""

    def refresh(self) -> None:
        """A time-out is another exception than the one that is caught."""
        began = time.monotonic()
        super().refresh()
        if self.retry_at > began and time.monotonic() - began >= self.settings.jwks_fetch_timeout_seconds:
            self.retry_at = math.inf


@fault("m-garbage-ends-refresh", precedent="keyfunc, whose refresh ended with an error that nobody read")
class GarbageEndsRefresh(JwksKeyStore):
    """The refresh dies of a 200 that is no key set, and is never started again."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """What is caught is what the network does."""
        super().refresh_failed(failure)
        if says(failure, NO_KEY_SET):
            self.retry_at = math.inf


@fault("m-broken-connection-ends-refresh", precedent="background tasks that only expect statuses")
class BrokenConnectionEndsRefresh(JwksKeyStore):
    """The refresh dies of a connection that breaks off, and is never started again."""

    def refresh_failed(self, failure: FetchFailed) -> None:
        """An answer has a status."""
        super().refresh_failed(failure)
        if says(failure, BROKEN_OFF):
            self.retry_at = math.inf


@fault("m-retry-after-no-number-500", precedent="parseInt and int() on a field that may be a date (RFC 9110 §10.2.3)")
class RetryAfterNoNumber500(JwksFetcher):
    """A Retry-After that is no number raises an exception nobody expects: 500."""

    def read_answer(self, response: http.client.HTTPResponse) -> bytes:
        """Outside of the block that catches what a fetch may raise."""
        value = response.getheader("Retry-After", "0")
        if response.status != 200 and not value.isdecimal():
            raise AssertionError("Retry-After is not a number")
        return super().read_answer(response)


@fault(
    "m-retry-after-no-number-ends-refresh", precedent="sleep(NaN) and sleep(-1), which come back never or with an error"
)
class RetryAfterNoNumberEndsRefresh(JwksFetcher):
    """A Retry-After that is no number is waited for without an end."""

    def read_answer(self, response: http.client.HTTPResponse) -> bytes:
        """No time is ever later than NaN."""
        if response.status != 200 and not response.getheader("Retry-After", "0").isdecimal():
            raise FetchFailed(f"the issuer answered {response.status}", math.inf)
        return super().read_answer(response)


@fault("m-304-empties-keys", precedent="clients that take each status below 400 for a success")
class NotModifiedEmptiesKeys(JwksFetcher):
    """A 304, which nobody has asked for, is a key set without keys."""

    def read_answer(self, response: http.client.HTTPResponse) -> bytes:
        """No content is no keys."""
        return b'{"keys": []}' if response.status == 304 else super().read_answer(response)


@fault("m-http-cache-before-fetch", precedent="HTTP clients with a cache of their own, such as CacheControl")
class HttpCacheBeforeFetch(JwksFetcher):
    """As long as max-age allows it, a look for a new key gets the answer of the look before."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._kept: dict[str, tuple[bytes, float]] = {}

    def document(self, address: str) -> bytes:
        """The client knows RFC 9111; nobody has told it what this address is for."""
        body, until = self._kept.get(address, (b"", -math.inf))
        if time.monotonic() < until:
            return body
        body = super().document(address)
        if urlsplit(address).scheme == "http":
            said = get(address, headers=self.request_headers(), timeout=self.timeout()).headers.get("Cache-Control", "")
            age = re.search(r"max-age=(\d+)", said)
            self._kept[address] = body, time.monotonic() + float(age[1] if age else 0)
        return body


@fault("m-cache-control-unread", precedent="parsers of max-age that fail on a field without a number")
class CacheControlUnread(JwksFetcher):
    """A key set whose Cache-Control can't be read is not read."""

    def read_answer(self, response: http.client.HTTPResponse) -> bytes:
        """int() raises what a failed fetch raises."""
        body = super().read_answer(response)
        said = response.getheader("Cache-Control", "")
        if "max-age" in said:
            int(said.partition("max-age=")[2].partition(",")[0])
        return body


@fault("m-jwks-url-query-dropped", precedent="joined URLs; Azure AD B2C has the policy in the query of its key set")
class JwksUrlQueryDropped(JwksFetcher):
    """The query of a configured address is not sent."""

    def request_target(self, url: SplitResult) -> str:
        """An address is scheme, host and path."""
        return super().request_target(url if self.settings.discovery_url else url._replace(query=""))


@fault(
    "m-metadata-allow-algorithms",
    precedent="clients that take id_token_signing_alg_values_supported for their own list",
)
class MetadataAllowAlgorithms(MetadataReader):
    """What the issuer's metadata list is allowed beside the configured algorithms."""

    def jwks_uri(self, body: bytes) -> str:
        """The issuer knows best how it signs."""
        address = super().jwks_uri(body)
        listed = json.loads(body).get("id_token_signing_alg_values_supported", [])
        allowed = (*self.settings.jwt_allowed_algorithms, *(name for name in listed if name in ALGORITHMS))
        vars(self.settings)["jwt_allowed_algorithms"] = allowed
        return address


@fault("m-no-keys-while-fetching", precedent="maps of keys that are cleared before they are filled again")
class NoKeysWhileFetching(JwksKeyStore):
    """While the key set is fetched there are no keys, and whoever asks is refused."""

    def find(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """`self.keys.clear()` stands before the fetch."""
        return () if self.flight.is_running() else super().find(kid)


@fault("m-one-generation-kept", precedent="key stores that keep the set before as a fallback")
class OneGenerationKept(JwksKeyStore):
    """The keys of the set before are kept until the next one."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._before: tuple[VerificationKey, ...] = ()

    def install(self, keys: tuple[VerificationKey, ...]) -> None:
        """In case tokens of theirs are still on their way."""
        before, self._before = self._before, keys
        super().install(keys + tuple(key for key in before if key.kid not in {one.kid for one in keys}))
