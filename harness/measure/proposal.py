"""From a card to lines for a profile: what a service was seen to do, for its owner to check against its documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import tomli_w

from harness.measure.card import text
from harness.measure.claims import NOT_CHECKED
from harness.measure.finding import AT_LEAST
from harness.measure.header import ACCEPTED, REFUSED
from harness.measure.reading import MEASURED, Reading, is_number

_HEAD: Final = "# Proposed by idp-harness measure"
_CLAIM_KNOBS: Final = {"exp": "exp_required", "iss": "iss_required", "aud": "audience_required", "sub": "sub_required"}
_PRECEDENCE: Final = {"the bearer token": "bearer", "the API key": "api-key"}
_EMPTY_SETS: Final = {"dropped": "authoritative", "kept": "failed-refresh"}
_ANSWERS: Final = {
    "answer-no-credentials": "without_credentials",
    "answer-bad-token": "bad_token",
    "answer-no-permission": "no_permission",
}
# People write leeways in such steps.
_ROUND_SECONDS: Final = 5

Lines = Mapping[str, Any]


def is_proposal(data: bytes) -> bool:
    """Whether a file is one that was proposed earlier, and may be replaced."""
    return data.startswith(_HEAD.encode())


def propose_profile(readings: Sequence[Reading], knobs: Collection[str]) -> str:
    """TOML with the tables `policy`, `timing` and `refusal`; each line behind the row it comes from.

    Only `knobs` that there are stand in it, and only what was measured and not merely bounded.
    """
    parts = [
        f"{_HEAD}: what the service was seen to do. A profile says what its documents promise:",
        "# keep the lines that they bear out, and change or drop the others.",
    ]
    for table in _RULES:
        parts += ["", f"[{table}]"]
        for reading in readings:
            if lines := proposed_lines(reading, knobs).get(table):
                parts += [f"# {reading.name}: {' '.join(text(reading).split())}", tomli_w.dumps(lines).rstrip()]
    return "\n".join(parts) + "\n"


def proposed_lines(reading: Reading, knobs: Collection[str]) -> dict[str, Lines]:
    """The lines of each table that a row stands for; of policies only `knobs`. {} for what was not measured."""
    if reading.status != MEASURED:
        return {}
    said = {table: rules[reading.name](reading) for table, rules in _RULES.items() if reading.name in rules}
    if "policy" in said:
        said["policy"] = {name: value for name, value in said["policy"].items() if name in knobs}
    return {table: lines for table, lines in said.items() if lines}


def _leeway(reading: Reading) -> Lines:
    return {"leeway_seconds": _seconds(reading)} if is_number(reading.value) else {}


def _not_before(reading: Reading) -> Lines:
    if reading.value == NOT_CHECKED:
        return {"nbf_checked": False}
    return {"nbf_checked": True, "nbf_leeway_seconds": _seconds(reading)}


def _seconds(reading: Reading) -> int:
    """As somebody will have written it: a token is refused in the very second in which the leeway ends."""
    nearest = round(reading.value / _ROUND_SECONDS) * _ROUND_SECONDS
    return nearest if abs(nearest - reading.value) <= reading.resolution else int(reading.value)


def _required(reading: Reading) -> Lines:
    return {knob: claim in reading.value for claim, knob in _CLAIM_KNOBS.items()}


def _without_kid(reading: Reading) -> Lines:
    """What is refused among several keys may be accepted where there is one."""
    refused = reading.value == REFUSED
    return {} if refused and reading.counts.get("published_keys", 1) > 1 else {"kid_required": refused}


def _among_keys(reading: Reading) -> Lines:
    words = {ACCEPTED: False, REFUSED: True}
    return {"kid_required_among_several_keys": words[reading.value]} if reading.value in words else {}


def _types(reading: Reading) -> Lines:
    plain = {"JWT", "(absent)"} & {*reading.value}
    return {"require_at_jwt": not plain and "at+jwt" in reading.value, "at_jwt_accepted": "at+jwt" in reading.value}


def _stale(reading: Reading) -> Lines:
    if not is_number(reading.value):
        return {}
    kept = reading.value > reading.resolution
    return {"stale_keys_during_outage": kept, **({"stale_keys_dropped": reading.bound != AT_LEAST} if kept else {})}


def _word(knob: str, words: Mapping[str, str]) -> Callable[[Reading], Lines]:
    return lambda reading: {knob: words[reading.value]} if reading.value in words else {}


def _cool_down(reading: Reading) -> Lines:
    known = is_number(reading.value) and not reading.bound
    return {"unknown_kid_cooldown_seconds": reading.value} if known else {}


def _status(reading: Reading) -> Lines:
    status = reading.value.get("status")
    return {_ANSWERS[reading.name]: [status]} if is_number(status) and status >= 300 else {}


_POLICY: Final[Mapping[str, Callable[[Reading], Lines]]] = {
    "fetches-unknown-kid": lambda reading: {"unknown_kid_refetches": reading.value > 0},
    "revocation-lag-timer": lambda reading: {"timed_refresh": is_number(reading.value)},
    "stale-window": _stale,
    "bad-refresh-empty": _word("empty_set", _EMPTY_SETS),
    "exp-leeway": _leeway,
    "nbf-leeway": _not_before,
    "iat-leeway": lambda reading: {"iat_in_future_refused": reading.value != NOT_CHECKED},
    "required-claims": _required,
    "algorithms-configured": lambda reading: {"es256_supported": "ES256" in reading.value},
    "accepted-typ": _types,
    "token-without-kid": _without_kid,
    "token-without-kid-several-keys": _among_keys,
    "credential-precedence": _word("credential_precedence", _PRECEDENCE),
}
_TIMING: Final[Mapping[str, Callable[[Reading], Lines]]] = {"cool-down": _cool_down}
_REFUSAL: Final[Mapping[str, Callable[[Reading], Lines]]] = dict.fromkeys(_ANSWERS, _status)
_RULES: Final = {"policy": _POLICY, "timing": _TIMING, "refusal": _REFUSAL}
