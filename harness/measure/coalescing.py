"""Whether requests that need the same fetch at the same time share it."""

from __future__ import annotations

from harness.declared.quantities import CROWD
from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab
from harness.measure.trial import Trial

# The key set comes so late that the whole crowd is there before the first fetch has ended.
_SLOW_SECONDS = 0.3
# How long after the refresh interval the crowd comes.
_DUE_SECONDS = 0.3


def new_kid(lab: Lab) -> Findings:
    """A crowd with tokens of one key that was published a moment ago."""
    with lab.ready_trial() as trial:
        trial.rest()
        kid = trial.session.add_key("new", state="next")
        return {"coalescing-new-kid": _crowd(trial, [{"key": kid}] * CROWD)}


def at_expiry(lab: Lab) -> Findings:
    """A crowd with tokens of a known key, just after the key set has become due for a refresh."""
    with lab.ready_trial(refresh="short") as trial:
        trial.await_timed_refresh()
        trial.pause(trial.profile.refresh_seconds + _DUE_SECONDS)
        return {"coalescing-expiry": _crowd(trial, [{}] * CROWD)}


def _crowd(trial: Trial, specs: list[dict[str, str]]) -> Finding:
    tokens, since = trial.tokens(specs), trial.mark()
    trial.issuer.fault(kind="delay", on="jwks", seconds=_SLOW_SECONDS)
    answers = trial.send_at_once(tokens)
    accepted = sum(answer.status in trial.route.success for answer in answers)
    return Finding(trial.settled_fetches(since), counts={"requests": len(answers), "accepted": accepted})


NEW_KID = Experiment(("coalescing-new-kid",), new_kid, timed=True)
AT_EXPIRY = Experiment(("coalescing-expiry",), at_expiry, needs=("jwks", "configure"), timed=True)
