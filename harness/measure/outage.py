"""What a service does with the keys it has when the identity provider fails."""

from __future__ import annotations

from typing import Any

from harness.measure.experiment import Experiment
from harness.measure.finding import AT_LEAST, Finding, Findings, unmeasured
from harness.measure.lab import Lab
from harness.measure.revocation import NO_TIMED_REFRESH

_REQUESTS = 3
_BAD_REFRESHES: dict[str, dict[str, Any]] = {
    "bad-refresh-500": {"kind": "status", "status": 500},
    "bad-refresh-garbage": {"kind": "garbage"},
    "bad-refresh-empty": {"kind": "body", "body": {"keys": []}},
}


def stale_window(lab: Lab) -> Findings:
    """Let the provider fail just after a fetch, with a short refresh interval, and use a known key until it fails."""
    with lab.ready_trial(refresh="short") as trial:
        if not trial.await_timed_refresh():
            return {"stale-window": Finding(NO_TIMED_REFRESH)}
        trial.issuer.fault(kind="status", on="jwks", status=500)
        token, since = trial.token(), trial.mark()
        refresh = trial.profile.refresh_seconds
        within = refresh + trial.profile.max_stale_seconds + 3.0
        seconds = trial.seconds_until(lambda: not trial.accepts(token), within)
        counts = {"failed_fetches": trial.fetches(since), "refresh_seconds": refresh}
    bound = AT_LEAST if seconds is None else ""
    window = (within if seconds is None else seconds) - refresh
    return {"stale-window": Finding(round(max(0.0, window), 2), bound, counts)}


def bad_refreshes(lab: Lab) -> Findings:
    """Force a refresh by an unknown kid while the provider answers badly, and use a known key."""
    return dict(
        zip(_BAD_REFRESHES, lab.side_by_side(lambda name: _bad_refresh(lab, name), [*_BAD_REFRESHES]), strict=True)
    )


def _bad_refresh(lab: Lab, name: str) -> Finding:
    with lab.ready_trial() as trial:
        trial.rest()
        known, unknown, since = trial.token(), trial.unknown_tokens(1)[0], trial.mark()
        trial.issuer.fault(on="jwks", **_BAD_REFRESHES[name])
        trial.send(unknown)
        if not trial.settled_fetches(since):
            return unmeasured("an unknown kid forces no refresh")
        accepted = sum(trial.accepts(known) for _ in range(_REQUESTS))
        counts = {"bad_fetches": trial.fetches(since), "requests": _REQUESTS, "accepted": accepted}
    value = "kept" if accepted == _REQUESTS else "kept at times" if accepted else "dropped"
    return Finding(value, counts=counts)


STALE_WINDOW = Experiment(("stale-window",), stale_window, needs=("jwks", "configure"), timed=True)
BAD_REFRESHES = Experiment(tuple(_BAD_REFRESHES), bad_refreshes)
