"""How a service judges the times in a token, and which claims it insists on."""

from __future__ import annotations

import time

from harness.measure.bisect import find_limit
from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab
from harness.measure.trial import Trial

NOT_CHECKED = "not checked"
_TEN_YEARS = 315_360_000
_CLAIMS = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")


def leeways(lab: Lab) -> Findings:
    """Tokens whose exp is past, or whose nbf or iat is to come, by a number of seconds that is halved."""
    with lab.ready_trial() as trial:
        return {f"{claim}-leeway": _leeway(trial, claim) for claim in ("exp", "nbf", "iat")}


def _leeway(trial: Trial, claim: str) -> Finding:
    def accepts(seconds: int) -> bool:
        # iat lies before exp, as in any token, so that only exp is wrong.
        times = {"exp": -seconds, "iat": -seconds - 300} if claim == "exp" else {claim: seconds}
        without = ["nbf"] if claim == "exp" else []
        while True:
            second = int(time.time())
            accepted = trial.accepts(trial.token(times=times, without=without))
            # Issued and judged within one second, else the answer is about another distance.
            if int(time.time()) == second:
                return accepted
            trial.pause(0)

    if accepts(_TEN_YEARS):
        return Finding(NOT_CHECKED, counts={"tokens": 1})
    limit = find_limit(accepts, 1, _TEN_YEARS, lambda _: 1)
    return Finding(limit.accepted, counts={"tokens": limit.tries + 1})


def required(lab: Lab) -> Findings:
    """The plain token without one of its claims."""
    with lab.ready_trial() as trial:
        needed = [claim for claim in _CLAIMS if not trial.accepts(trial.token(without=[claim]))]
    return {"required-claims": Finding(needed, counts={"tokens": len(_CLAIMS)})}


LEEWAYS = Experiment(("exp-leeway", "nbf-leeway", "iat-leeway"), leeways, needs=())
REQUIRED = Experiment(("required-claims",), required, needs=())
