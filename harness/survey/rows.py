"""Rows of the behaviour card as lines of a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from harness.declared.profile import Profile
from harness.measure.card import text
from harness.measure.proposal import proposed_lines
from harness.measure.reading import MEASURED, Reading, is_number
from harness.survey.portrait import Seen
from harness.survey.trials import seen_policy

# One running service is enough for these.
ON_ONE: Final = (
    *("answer-no-credentials", "answer-bad-token", "answer-no-permission", "fetches-unknown-kid", "cool-down"),
    *("exp-leeway", "nbf-leeway", "iat-leeway", "required-claims", "accepted-typ", "token-without-kid"),
)
# Those of services that can be told how often they fetch.
_WITH_REFRESH: Final = ("revocation-lag-timer", "stale-window", "bad-refresh-empty")
# Longer than any service rests after an unknown kid that a case would wait for.
_QUICK_SECONDS: Final = 1.0
# RFC 7519 §4.1.4: usually no more than a few minutes.
_MOST_LEEWAY: Final = 300
_BY_RFC_6750: Final = {"without_credentials": [401], "bad_token": [401], "no_permission": [403]}


def own_rows(profile: Profile, found: Iterable[Reading] = ()) -> list[str]:
    """The other rows that say something for a profile, of a service that is run as it says; `found` are known."""
    rows = ["algorithms-unconfigured"]
    if not any(proposed_lines(one, ["kid_required"]).get("policy", {}).get("kid_required") for one in found):
        rows.append("token-without-kid-several-keys")
    if "restart" in profile.capabilities:
        rows.append("start-up-fetch")
    if "configure" in profile.capabilities and "refresh" not in profile.cannot_set:
        rows += _WITH_REFRESH
    return rows


def lines_of(readings: Iterable[Reading], knobs: Collection[str]) -> list[Seen]:
    """What was measured, as lines; each may be doubtful."""
    return [
        _line(reading, table, name, value)
        for reading in readings
        for table, lines in proposed_lines(reading, knobs).items()
        for name, value in lines.items()
        if (table, value) != ("timing", 0)  # No rest is none to declare.
    ]


def _line(reading: Reading, table: str, name: str, value: Any) -> Seen:
    evidence = f"{reading.name}: {' '.join(text(reading).split())}"
    if table == "refusal" and name in _BY_RFC_6750 and value != _BY_RFC_6750[name]:
        should = _BY_RFC_6750[name][0]
        return Seen(
            table, name, value, evidence, f"RFC 6750 §3.1 has {should} there: do the documents promise another?"
        )
    if name.endswith("leeway_seconds") and is_number(value) and value > _MOST_LEEWAY:
        return Seen(table, name, value, evidence, "RFC 7519 §4.1.4: usually no more than a few minutes")
    return seen_policy(name, value, evidence) if table == "policy" else Seen(table, name, value, evidence)


def algorithms_seen(readings: Sequence[Reading]) -> list[str]:
    """The algorithms of which a token was let in, of a service that was told of RS256, or of nothing."""
    found = next((one for one in readings if one.name == "algorithms-unconfigured" and one.status == MEASURED), None)
    return list(found.value) if found else []


def key_set_is_quick(readings: Iterable[Reading]) -> bool:
    """Whether the service takes up a changed key set at once, so that cases about key sets take no time."""
    found = {one.name: one for one in readings if one.status == MEASURED and not one.bound and is_number(one.value)}
    if not {"fetches-unknown-kid", "cool-down"} <= found.keys():
        return False
    return bool(found["fetches-unknown-kid"].value > 0 and found["cool-down"].value <= _QUICK_SECONDS)
