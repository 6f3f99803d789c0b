"""When a service first fetches the key set."""

from __future__ import annotations

from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab
from harness.measure.trial import CONTROL_SECONDS


def run(lab: Lab) -> Findings:
    """Start the service, wait a moment for a fetch in the background, then use a token."""
    with lab.trial() as trial:
        since = trial.mark()
        trial.start()
        at_boot = trial.settled_fetches(since)
        token = trial.token()
        accepted = trial.seconds_until(lambda: trial.accepts(token), CONTROL_SECONDS) is not None
        fetches = trial.settled_fetches(since)
    when = "at boot" if at_boot else "at the first token" if fetches else "none"
    counts = {"fetches_before_a_token": at_boot, "token_accepted": accepted}
    return {"start-up-fetch": Finding(when, counts=counts), "start-up-fetches": Finding(fetches, counts=counts)}


EXPERIMENT = Experiment(("start-up-fetch", "start-up-fetches"), run, needs=("jwks", "restart"), timed=True)
