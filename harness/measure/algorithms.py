"""Which signature algorithms get a token in."""

from __future__ import annotations

import base64
from typing import Any

from harness.base.errors import TargetError
from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings
from harness.measure.lab import Lab
from harness.measure.trial import Trial

_PROPER = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_WITH_SECRET = ("HS256", "HS384", "HS512")
_ALL = (*_PROPER, *_WITH_SECRET, "none")
# It stands in the key set, so everybody knows it.
_SECRET = (
    base64.urlsafe_b64encode(b"a published secret is no secret of more than 64 bytes in length...").decode().rstrip("=")
)
_SHARED = "shared-secret"


def unconfigured(lab: Lab) -> Findings:
    """One key of each kind is published; the service is told of RS256 alone."""
    with lab.trial() as trial:
        kids = {name: trial.session.add_key(name, algorithm=name, state="next") for name in _PROPER}
        _publish_secret(trial)
        trial.start()
        trial.require_control()
        accepted = [name for name in _ALL if trial.accepts(_token(trial, name, kids.get(name, "current")))]
    return {"algorithms-unconfigured": Finding(accepted, counts={"tokens": len(_ALL)})}


def configured(lab: Lab) -> Findings:
    """For each algorithm a service with that one on its allow-list and a key for it in the key set."""
    outcomes = dict(zip(_ALL, lab.side_by_side(lambda name: _alone(lab, name), _ALL), strict=True))
    accepted = [name for name, outcome in outcomes.items() if outcome == "accepted"]
    counts = {outcome: [n for n in _ALL if outcomes[n] == outcome] for outcome in sorted({*outcomes.values()})}
    return {"algorithms-configured": Finding(accepted, counts=counts)}


def _alone(lab: Lab, name: str) -> str:
    config: dict[str, Any] = {"allowed_algorithms": [name]} if name in _PROPER else {}
    with lab.trial(**config) as trial:
        trial.session.algorithms = (name,)  # The issuer itself can't be asked to sign with a secret, or with nothing.
        _publish_secret(trial)
        try:
            trial.start()
        except TargetError:
            return "the service does not start"
        token = _token(trial, name, "current")
        return "accepted" if trial.accepted_soon(token) else "refused"


def _publish_secret(trial: Trial) -> None:
    entry = {"kty": "oct", "kid": _SHARED, "use": "sig", "k": _SECRET}
    trial.issuer.edit_jwks({"after": [entry]})


def _token(trial: Trial, name: str, key: str) -> str:
    if name == "none":
        return trial.token(mutation="alg-none")
    if name in _WITH_SECRET:
        options = {"secret_b64": _SECRET, "alg": name}
        return trial.token(header={"kid": _SHARED}, mutation="hmac-with-secret", **{"with": options})
    return trial.token(key=key)


UNCONFIGURED = Experiment(("algorithms-unconfigured",), unconfigured)
CONFIGURED = Experiment(("algorithms-configured",), configured, needs=("jwks", "configure"), seconds=60.0)
