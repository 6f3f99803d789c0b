"""Whether a service that doesn't fetch for an unknown kid only rests: many libraries do so for half a minute."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Semaphore
from typing import Final

from harness.base.errors import HarnessError
from harness.base.verdicts import Inconclusive
from harness.cell.environment import Environment
from harness.measure.lab import STARTS_AT_ONCE, Lab
from harness.measure.reading import MEASURED, Reading
from harness.survey.portrait import Seen

# The rest of PyJWT and jose is 30 s.
LONGEST_REST: Final = 35.0
_EACH_SECONDS: Final = 0.5
_START_SECONDS: Final = 90.0
_REFETCHES, _REST = "unknown_kid_refetches", "unknown_kid_cooldown_seconds"


def may_rest(readings: Iterable[Reading]) -> bool:
    """Whether the short experiments can't tell: there was no fetch, or no second one as long as they waited."""
    found = {one.name: one for one in readings if one.status == MEASURED}
    alone, rest = found.get("fetches-unknown-kid"), found.get("cool-down")
    return bool(alone and (alone.value == 0 or (rest and rest.bound)))


def wait_for_fetch(environment: Environment, style: str, longest: float = LONGEST_REST) -> list[Seen]:
    """Unknown kids on a service that has just fetched, until one causes a fetch; the lines that this stands for.

    [] when the service didn't come up, or let nobody in.
    """
    lab = Lab(environment, style, longest + _START_SECONDS, Semaphore(STARTS_AT_ONCE))
    try:
        with lab.ready_trial() as trial:
            trial.send(trial.unknown_tokens(1)[0])  # It may be what the rest begins with.
            since = trial.mark()
            tokens = iter(trial.unknown_tokens(int(longest / _EACH_SECONDS) + 2))

            def fetched() -> bool:
                trial.send(next(tokens, None))
                trial.pause(_EACH_SECONDS)
                return trial.fetches(since) > 0

            waited = trial.seconds_until(fetched, longest)
            times = [one["at"] for one in trial.issuer.requests(endpoint="jwks")]
    except (HarnessError, Inconclusive):
        return []
    if waited is None:
        return [Seen("policy", _REFETCHES, False, f"unknown kids for {longest:g} s caused no fetch")]
    rest = round(times[-1] - times[-2]) if len(times) > 1 else round(waited)
    evidence = f"unknown kids caused a fetch again {rest} s after the one before"
    return [Seen("policy", _REFETCHES, True, evidence), Seen("timing", _REST, float(rest), evidence)]


def instead_of(seen: Iterable[Seen], late: Iterable[Seen]) -> tuple[Seen, ...]:
    """The lines, with the late ones in the place of those with their names."""
    late = list(late)
    names = {(one.table, one.name) for one in late}
    return (*(one for one in seen if (one.table, one.name) not in names), *late)
