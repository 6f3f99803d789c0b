"""Which clock a service compares `exp` with."""

from __future__ import annotations

import time
from email.utils import formatdate

from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab

# More than any leeway.
_BEHIND_SECONDS = 30 * 86_400
_CLOCKS = {
    (False, True): "its own",
    (True, False): "the provider's Date header",
    (True, True): "none: exp is not checked",
    (False, False): "neither its own nor the provider's",
}


def run(lab: Lab) -> Findings:
    """An issuer whose clock is a month behind says so in `Date` beside the key set.

    One token is valid by that clock, the other by the wall clock of this machine.
    """
    with lab.trial() as trial:
        keys = [key["jwk"] for key in trial.issuer.key_list() if key["state"] in ("current", "next", "previous")]
        date = formatdate(time.time() - _BEHIND_SECONDS, usegmt=True)
        trial.issuer.fault(kind="body", on="jwks", body={"keys": keys}, headers={"Date": date})
        trial.start()
        by_own = trial.accepted_soon(trial.token())
        trial.issuer.set_clock(-_BEHIND_SECONDS)
        try:
            by_provider = trial.accepts(trial.token())
        finally:
            trial.issuer.set_clock(0)
    counts = {"valid_by_own": by_own, "valid_by_provider": by_provider}
    return {"clock": Finding(_CLOCKS[by_provider, by_own], counts=counts)}


EXPERIMENT = Experiment(("clock",), run, needs=())
