"""Each experiment finds the setting of the reference service, and another value once a fault is switched on."""

from __future__ import annotations

from typing import Any

import pytest
from measuring import Measure

from harness.declared.quantities import CROWD, KNOWN_REQUESTS, QUANTITIES, UNKNOWN_CROWD
from harness.measure.finding import AT_LEAST
from harness.measure.reading import MEASURED
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore

RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
# What the reference does, as its settings and its documentation have it.
KNOWN: dict[str, Any] = {
    "start-up-fetch": "at the first token",
    "start-up-fetches": 1,
    "fetches-known-kid": 0,
    "pick-up-seconds": 0,
    "pick-up-fetches": 1,
    "revocation-lag-timer": 2,
    "revocation-forced": "gone",
    "fetches-unknown-kid": 1,
    "fetches-unknown-kid-crowd": 1,
    "cool-down": 0.5,
    "coalescing-new-kid": 1,
    "coalescing-expiry": 1,
    "stale-window": 4,
    "bad-refresh-500": "kept",
    "bad-refresh-garbage": "kept",
    "bad-refresh-empty": "dropped",
    "exp-leeway": 60,
    "nbf-leeway": 60,
    "iat-leeway": "not checked",
    "required-claims": ["iss", "sub", "aud", "exp"],
    "algorithms-unconfigured": ["RS256"],
    "algorithms-configured": [*RSA, "ES256", "ES384", "ES512", "EdDSA"],
    "accepted-typ": ["(absent)", "JWT", "jwt", "at+jwt", "application/at+jwt"],
    "token-without-kid": "accepted",
    "token-without-kid-several-keys": "accepted",
    "clock": "its own",
    "minimum-rsa-bits": 2048,
    "largest-token": 16 * 1024,
    "largest-jwks": 1024 * 1024,
    "credential-precedence": "the bearer token",
}
CHANGED: list[tuple[str, str, Any]] = [
    ("m-refresh-every-request", "fetches-known-kid", KNOWN_REQUESTS),
    ("m-merge-never-remove", "revocation-forced", "still accepted"),
    ("m-no-unknown-kid-cooldown", "cool-down", 0),
    ("m-never-refresh-unknown-kid", "fetches-unknown-kid", 0),
    ("m-never-refresh-unknown-kid", "cool-down", "an unknown kid causes no fetch"),
    ("m-no-coalescing", "fetches-unknown-kid-crowd", UNKNOWN_CROWD),
    ("m-no-coalescing", "coalescing-new-kid", CROWD),
    ("m-no-coalescing", "coalescing-expiry", CROWD),
    ("m-drop-keys-on-failed-refresh", "bad-refresh-500", "dropped"),
    ("m-drop-keys-on-failed-refresh", "stale-window", 0),
    ("m-garbage-200-clears-keys", "bad-refresh-garbage", "dropped"),
    ("m-leeway-24h", "exp-leeway", 86_400),
    ("m-leeway-24h", "nbf-leeway", 86_400),
    ("m-no-exp-check", "exp-leeway", "not checked"),
    ("m-nbf-ignored", "nbf-leeway", "not checked"),
    ("m-exp-optional", "required-claims", ["iss", "sub", "aud"]),
    ("m-any-rsa-alg", "algorithms-unconfigured", RSA),
    ("m-no-exp-check", "clock", "none: exp is not checked"),
    ("m-weak-rsa-accepted", "minimum-rsa-bits", 512),
    ("m-first-key-without-kid", "token-without-kid-several-keys", "accepted when one of the keys has signed it"),
    ("m-key-rescues-bad-bearer", "credential-precedence", "the bearer token; the API key when the token is bad"),
]
# The experiment ends before the service does.
BOUNDED: list[tuple[str, str, float]] = [
    ("m-no-timed-refresh", "revocation-lag-timer", 0),
    ("m-stale-forever", "stale-window", 7),
    ("m-never-refresh-unknown-kid", "pick-up-seconds", 10),
    ("m-rate-limit-starves-rotation", "cool-down", 0),
    ("m-no-body-limit", "largest-jwks", 64 * 1024 * 1024),
]


@pytest.mark.parametrize("name", KNOWN)
def test_the_known_setting_is_found(measured: Measure, name: str) -> None:
    """Within the resolution of its row."""
    reading = measured(name)[name]
    assert reading.status == MEASURED, reading.reason
    assert reading.bound == ""
    wanted = pytest.approx(KNOWN[name], abs=reading.resolution) if reading.resolution and _number(name) else KNOWN[name]
    assert reading.value == wanted


@pytest.mark.parametrize(("fault", "name", "value"), CHANGED, ids=lambda word: str(word)[:40])
def test_a_fault_changes_the_value(measured: Measure, fault: str, name: str, value: Any) -> None:
    """To what the fault's sentence says."""
    reading = measured(name, fault=fault)[name]
    is_number = isinstance(value, int | float)
    assert reading.value == (pytest.approx(value, abs=reading.resolution) if is_number else value), reading


@pytest.mark.parametrize(("fault", "name", "value"), BOUNDED)
def test_what_has_no_end_is_at_least_the_experiments_own(
    measured: Measure, fault: str, name: str, value: float
) -> None:
    """The card says "at least", not a number that nobody has seen."""
    reading = measured(name, fault=fault)[name]
    if reading.status == MEASURED and isinstance(reading.value, str):
        assert reading.value == "no refresh by the timer was seen"
    else:
        assert (reading.bound, reading.value >= value) == (AT_LEAST, True), reading


def test_who_wants_a_kid_only_where_there_is_a_choice_is_told_from_who_always_wants_one(
    measured: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a style that publishes several keys from the start."""
    matching = JwksKeyStore.matching

    def of_one_key(store: JwksKeyStore, kid: str | None) -> tuple[VerificationKey, ...]:
        found = matching(store, kid)
        return () if kid is None and len(found) > 1 else found

    monkeypatch.setattr(JwksKeyStore, "matching", of_one_key)
    among = "token-without-kid-several-keys"
    found = measured("token-without-kid", among, style="auth0")
    assert (found["token-without-kid"].value, found["token-without-kid"].counts["published_keys"]) == ("accepted", 1)
    assert found[among].value == "refused"


def test_a_refusal_is_shown_with_its_challenge_and_the_shape_of_its_body(measured: Measure) -> None:
    """RFC 6750 §3: the scheme, the error, and no value of the body."""
    names = ("answer-no-credentials", "answer-bad-token", "answer-no-permission")
    looks = {name: reading.value for name, reading in measured(*names).items()}
    assert [look["status"] for look in looks.values()] == [401, 401, 403]
    assert {look["content_type"] for look in looks.values()} == {"application/json"}
    assert looks["answer-no-credentials"]["www_authenticate"] == 'Bearer realm="tasker"'
    assert looks["answer-no-permission"]["body"] == {"error": "string", "message": "string"}


def test_many_keys_are_read_as_long_as_the_document_is_not_too_large(measured: Measure) -> None:
    """The reference counts bytes, not keys: 1 MiB is over two thousand of them."""
    reading = measured("largest-key-count")["largest-key-count"]
    assert 2_000 < reading.value < 3_500
    assert reading.counts["starts"] > 7


def _number(name: str) -> bool:
    return isinstance(KNOWN[name], int | float) and QUANTITIES[name].unit != ""
