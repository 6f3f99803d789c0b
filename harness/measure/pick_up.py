"""How soon a service accepts a key that the issuer has begun to publish and to sign with."""

from __future__ import annotations

from harness.measure.experiment import Experiment
from harness.measure.finding import AT_LEAST, Finding, Findings
from harness.measure.lab import Lab
from harness.measure.trial import rest_seconds

_WITHIN_SECONDS = 10.0


def run(lab: Lab) -> Findings:
    """Publish a key, sign with it, and send that token until it is accepted; the refresh interval is an hour."""
    with lab.ready_trial() as trial:
        kid = trial.session.add_key("new", state="next")
        trial.issuer.set_key_state(kid, "current")
        token, since, tries = trial.token(key=kid), trial.mark(), 0

        def accepted() -> bool:
            nonlocal tries
            tries += 1
            return trial.accepts(token)

        within = max(_WITHIN_SECONDS, 1.5 * rest_seconds(trial.profile))
        seconds = trial.seconds_until(accepted, within)
        fetches = trial.settled_fetches(since)
    counts = {"requests": tries, "fetches": fetches}
    bound = AT_LEAST if seconds is None else ""
    took = Finding(round(within if seconds is None else seconds, 2), bound, counts)
    return {"pick-up-seconds": took, "pick-up-fetches": Finding(fetches, counts=counts)}


EXPERIMENT = Experiment(("pick-up-seconds", "pick-up-fetches"), run, timed=True)
