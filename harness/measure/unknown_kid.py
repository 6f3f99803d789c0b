"""What a token costs the issuer: fetches for known kids, for an unknown one, and for a crowd of them."""

from __future__ import annotations

import time

from harness.declared.quantities import KNOWN_REQUESTS, QUANTITIES, UNKNOWN_CROWD
from harness.measure.experiment import Experiment
from harness.measure.finding import AT_LEAST, AT_MOST, Finding, Findings
from harness.measure.lab import Lab
from harness.measure.trial import POLL_SECONDS, rest_seconds

# The key set comes so late that the whole crowd is there before the first fetch has ended.
_SLOW_SECONDS = 0.2
_COOL_DOWN_SECONDS = 5.0


def alone(lab: Lab) -> Findings:
    """Ten requests with the known kid, then one with an unknown kid."""
    with lab.ready_trial() as trial:
        known, since = trial.token(), trial.mark()
        accepted = sum(trial.accepts(known) for _ in range(KNOWN_REQUESTS))
        for_known = trial.settled_fetches(since)
        trial.rest()
        unknown, since = trial.unknown_tokens(1)[0], trial.mark()
        status = trial.send(unknown).status
        for_unknown = trial.settled_fetches(since)
    return {
        "fetches-known-kid": Finding(for_known, counts={"requests": KNOWN_REQUESTS, "accepted": accepted}),
        "fetches-unknown-kid": Finding(for_unknown, counts={"requests": 1, "status": status}),
    }


def crowd(lab: Lab) -> Findings:
    """Many unknown kids at once, all different, while the key set takes a moment."""
    with lab.ready_trial() as trial:
        trial.rest()
        tokens, since = trial.unknown_tokens(UNKNOWN_CROWD), trial.mark()
        trial.issuer.fault(kind="delay", on="jwks", seconds=_SLOW_SECONDS)
        answers = trial.send_at_once(tokens, patient=False)  # A limit that says 429 is what is measured.
        fetches = trial.settled_fetches(since)
    unanswered = sum(answer.status is None for answer in answers)
    counts = {"requests": len(answers), "unanswered": unanswered}
    return {"fetches-unknown-kid-crowd": Finding(fetches, counts=counts)}


def cool_down(lab: Lab) -> Findings:
    """Unknown kids one after the other, until one of them causes a fetch again; the issuer's log has the times."""
    with lab.ready_trial() as trial:
        trial.rest()
        within = max(_COOL_DOWN_SECONDS, 1.5 * rest_seconds(trial.profile))
        poll = POLL_SECONDS * within / _COOL_DOWN_SECONDS
        tokens = iter(trial.unknown_tokens(int(within / poll) + 2))
        since, tries, sent, apart = trial.mark(), 0, time.monotonic(), 0.0
        trial.send(next(tokens), patient=False)

        def fetched_again() -> bool:
            nonlocal tries, sent, apart
            tries += 1
            before, sent = sent, time.monotonic()
            trial.send(next(tokens), patient=False)
            apart = time.monotonic() - before
            return trial.fetches(since) > 1

        again = trial.seconds_until(fetched_again, within, poll) is not None
        times = [one["at"] for one in trial.issuer.requests(since=since, endpoint="jwks")]
    if not times:
        return {"cool-down": Finding("an unknown kid causes no fetch", counts={"requests": tries + 1})}
    counts = {"requests": tries + 1, "fetches": len(times)}
    if not again:
        return {"cool-down": Finding(within, AT_LEAST, counts)}
    seconds, resolution = times[1] - times[0], QUANTITIES["cool-down"].resolution
    if tries > 1:
        # It ended somewhere between the last two tries, which a machine under load may hold far apart.
        return {"cool-down": Finding(round(seconds, 2), counts=counts, resolution=max(resolution, round(apart, 2)))}
    # The very next request caused a fetch. What lies between the two is no rest but the request's own time, unless
    # that was so long that a cool-down may have passed.
    if seconds <= resolution:
        return {"cool-down": Finding(0.0, counts=counts)}
    return {"cool-down": Finding(round(seconds, 2), AT_MOST, counts)}


ALONE = Experiment(("fetches-known-kid", "fetches-unknown-kid"), alone, timed=True)
CROWD = Experiment(("fetches-unknown-kid-crowd",), crowd, timed=True)
COOL_DOWN = Experiment(("cool-down",), cool_down, timed=True)
