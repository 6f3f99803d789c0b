"""How long a service goes on accepting a key that the issuer has removed."""

from __future__ import annotations

from harness.measure.experiment import Experiment
from harness.measure.finding import AT_LEAST, Finding, Findings, unmeasured
from harness.measure.lab import Lab

NO_TIMED_REFRESH = "no refresh by the timer was seen"


def by_timer(lab: Lab) -> Findings:
    """Remove a key just after a fetch, with a short refresh interval, and use it until it is refused."""
    with lab.trial(refresh="short") as trial:
        kid = trial.session.add_key("removed", state="next")
        trial.start()
        trial.require_control()
        if not trial.await_timed_refresh():
            return {"revocation-lag-timer": Finding(NO_TIMED_REFRESH)}
        token, since = trial.token(key=kid), trial.mark()
        if not trial.accepts(token):
            return {"revocation-lag-timer": unmeasured("the key was refused before it was removed")}
        trial.issuer.set_key_state(kid, "retired")
        within = 2 * trial.profile.refresh_seconds + 1.0
        seconds = trial.seconds_until(lambda: not trial.accepts(token), within)
        counts = {"fetches": trial.fetches(since), "refresh_seconds": trial.profile.refresh_seconds}
    bound = AT_LEAST if seconds is None else ""
    return {"revocation-lag-timer": Finding(round(within if seconds is None else seconds, 2), bound, counts)}


def forced(lab: Lab) -> Findings:
    """Remove a key, let a token with an unknown kid force a refresh, and use the removed key once more."""
    with lab.trial() as trial:
        kid = trial.session.add_key("removed", state="next")
        trial.start()
        trial.require_control()
        token = trial.token(key=kid)
        if not trial.accepts(token):
            return {"revocation-forced": unmeasured("the key was refused before it was removed")}
        trial.issuer.set_key_state(kid, "retired")
        trial.rest()
        since = trial.mark()
        trial.send(trial.unknown_tokens(1)[0])
        fetches = trial.settled_fetches(since)
        gone = not trial.accepts(token)
    value = "gone" if gone else "still accepted"
    return {"revocation-forced": Finding(value, counts={"fetches": fetches})}


TIMER = Experiment(("revocation-lag-timer",), by_timer, needs=("jwks", "configure"), timed=True)
FORCED = Experiment(("revocation-forced",), forced, timed=True)
