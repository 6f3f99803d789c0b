"""Readings of a card in a form on which two runs agree: classes of counts, rounded seconds, kinds of answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from harness.declared.quantities import CROWD, UNKNOWN_CROWD
from harness.measure.reading import MEASURED

# How many requests a row sends at once: how many of them meet at one fetch is chance.
_CROWDS: Final = {
    "fetches-unknown-kid-crowd": UNKNOWN_CROWD,
    "coalescing-new-kid": CROWD,
    "coalescing-expiry": CROWD,
}
# Rows that take seconds by the clock, on whatever machine: to within a second, from 15 on to within three.
_BY_THE_CLOCK: Final = ("pick-up-seconds", "cool-down", "revocation-lag-timer", "stale-window")
_AT_ONCE_SECONDS, _LONG_SECONDS = 1.0, 15.0
_ANSWERS: Final = ("answer-no-credentials", "answer-bad-token", "answer-no-permission")


def coarse(reading: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a reading: some of its members, and a `note` on what became of good tokens."""
    kept = {key: reading[key] for key in ("name", "status", "value", "bound", "unit", "resolution")}
    if reading["status"] != MEASURED:
        return {**kept, "reason": reading["reason"]}
    name, value = str(reading["name"]), reading["value"]
    if name in _ANSWERS:
        kept["value"] = _answer(value)
    elif name in _CROWDS and isinstance(value, int):
        kept |= {"value": _of_a_crowd(value, _CROWDS[name]), "unit": ""}
    elif name in _BY_THE_CLOCK and isinstance(value, int | float):
        kept |= _seconds(value)
    note = _let_in(reading["counts"], name)
    return {**kept, **({"note": note} if note else {})}


def _seconds(value: float) -> dict[str, Any]:
    if value < _AT_ONCE_SECONDS:
        return {"value": 0, "resolution": 1.0}
    return {"value": round(value), "resolution": 1.0 if value < _LONG_SECONDS else 3.0}


def _of_a_crowd(fetches: int, size: int) -> str:
    if fetches in (0, 1):
        return ("no fetch", "one fetch")[fetches]
    return "a fetch each, or nearly" if fetches > size / 2 else "some fetches"


def _let_in(counts: Mapping[str, Any], name: str) -> str:
    """What became of the good tokens of a crowd."""
    accepted = counts.get("accepted")
    if not name.startswith("coalescing") or not isinstance(accepted, int):
        return ""
    return "all let in" if accepted == CROWD else "none let in" if not accepted else "some refused"


def _answer(value: Mapping[str, Any]) -> dict[str, Any]:
    """Status, type and challenge of an answer, without texts and addresses, which are the service's own."""
    challenge = value.get("www_authenticate")
    if challenge:
        scheme = str(challenge).split(" ")[0]
        error = re.search(r'error="?([a-z_]+)', str(challenge))
        challenge = f'{scheme} error="{error[1]}"' if error else scheme
    content = str(value["content_type"]).partition(";")[0] if value.get("content_type") else None
    return {"status": value.get("status"), "content_type": content, "challenge": challenge}
