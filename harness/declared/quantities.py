"""What the behaviour card can hold: every row with its meaning, unit and resolution, in the order of the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNKNOWN_CROWD: Final = 20
CROWD: Final = 10
KNOWN_REQUESTS: Final = 10


@dataclass(frozen=True)
class Quantity:
    """One row. `resolution` is in the row's unit: two runs differ by no more; 0 for a count, a word or a list."""

    name: str
    what: str
    unit: str = ""
    resolution: float = 0.0


_ROWS = (
    Quantity("start-up-fetch", "when the key set is first fetched"),
    Quantity("start-up-fetches", "fetches until the first token was accepted", "fetches"),
    Quantity("pick-up-seconds", "first token of a newly published key until it is accepted", "s", 0.25),
    Quantity("pick-up-fetches", "fetches that this took", "fetches"),
    Quantity("revocation-lag-timer", "how long a removed key is accepted, counted from a fetch", "s", 0.5),
    Quantity("revocation-forced", "a removed key, after an unknown kid has forced a refresh"),
    Quantity("fetches-known-kid", f"fetches for {KNOWN_REQUESTS} requests with a known kid", "fetches"),
    Quantity("fetches-unknown-kid", "fetches for one request with an unknown kid", "fetches"),
    Quantity("fetches-unknown-kid-crowd", f"fetches for {UNKNOWN_CROWD} unknown kids at once", "fetches"),
    Quantity("cool-down", "how long after a vain fetch an unknown kid causes none", "s", 0.25),
    Quantity("coalescing-new-kid", f"fetches for {CROWD} requests at once with one new kid", "fetches"),
    Quantity("coalescing-expiry", f"fetches for {CROWD} requests at once when the key set is due", "fetches"),
    Quantity("stale-window", "how long known keys count after the refresh interval, provider down", "s", 0.5),
    Quantity("bad-refresh-500", "known keys after a refresh that was answered 500"),
    Quantity("bad-refresh-garbage", "known keys after a refresh that brought HTML with status 200"),
    Quantity("bad-refresh-empty", "known keys after a refresh that brought an empty set"),
    Quantity("exp-leeway", "how long after its exp a token is accepted", "s", 1),
    Quantity("nbf-leeway", "how long before its nbf a token is accepted", "s", 1),
    Quantity("iat-leeway", "how far in the future an iat may be", "s", 1),
    Quantity("required-claims", "claims without which a token is refused"),
    Quantity("algorithms-unconfigured", "algorithms accepted with RS256 alone on the allow-list"),
    Quantity("algorithms-configured", "algorithms accepted when alone on the allow-list"),
    Quantity("accepted-typ", "values of the header member typ that are accepted"),
    Quantity("token-without-kid", "a token that names no key"),
    Quantity("token-without-kid-several-keys", "a token that names no key, of an issuer with two of them"),
    Quantity("clock", "the clock that exp is compared with"),
    Quantity("minimum-rsa-bits", "smallest RSA key that is accepted", "bits"),
    Quantity("largest-token", "longest token that is accepted", "bytes", 64),
    Quantity("largest-jwks", "largest key set document that is read", "bytes", 65536),
    Quantity("largest-key-count", "most keys in a set that is read", "keys", 1),
    Quantity("credential-precedence", "which decides when a request has a bearer token and an API key"),
    Quantity("answer-no-credentials", "the answer to a request without credentials"),
    Quantity("answer-bad-token", "the answer to a token with a wrong signature"),
    Quantity("answer-no-permission", "the answer to a good token without the permission"),
)

QUANTITIES: Final = {row.name: row for row in _ROWS}
