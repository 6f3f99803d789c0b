"""Which credential decides when a request has a bearer token and an API key."""

from __future__ import annotations

from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab

_UNKNOWN_KEY = "sk-unknown-0000000000"
# Statuses with a good token and a bad key, a bad token and a good key, and both good but only one permitted:
# the token, the key. True is a success.
_DECIDES: dict[tuple[bool, ...], str] = {
    (True, False, True, False): "the bearer token",
    (False, True, False, True): "the API key",
    (True, True, True, False): "the bearer token; the API key when the token is bad",
    (True, True, False, True): "the API key; the bearer token when the key is bad",
    (True, True, True, True): "either: one good credential is enough",
    (False, False, True, True): "both must be good, the permissions add up",
    (False, False, False, False): "both must be good and permitted",
}


def run(lab: Lab) -> Findings:
    """Good and bad of each, and both good with different permissions."""
    with lab.ready_trial() as trial:
        keys, header = trial.session.api_keys(), trial.session.config.get("api_key_header", "X-API-Key")
        bad = trial.token(mutation="flip-first-signature-bit")
        pairs = {
            "token good, key bad": (trial.token(), _UNKNOWN_KEY),
            "token bad, key good": (bad, keys["full"].key),
            "only the token permitted": (trial.token(), keys["none"].key),
            "only the key permitted": (trial.token(permissions=[]), keys["full"].key),
        }
        statuses = {name: trial.send(token, {"headers": {header: key}}).status for name, (token, key) in pairs.items()}
        success = trial.route.success
    outcome = tuple(status in success for status in statuses.values())
    return {"credential-precedence": Finding(_DECIDES.get(outcome, "no rule: see the counts"), counts=statuses)}


EXPERIMENT = Experiment(("credential-precedence",), run, needs=("api-keys",))
