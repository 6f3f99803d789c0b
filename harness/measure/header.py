"""Which values of `typ` a service accepts, whether it insists on a `kid`, and how long a token may be."""

from __future__ import annotations

from typing import Any

from harness.declared.quantities import QUANTITIES
from harness.measure.bisect import find_limit
from harness.measure.experiment import Experiment
from harness.measure.finding import AT_LEAST, Finding, Findings, unmeasured
from harness.measure.lab import Lab
from harness.measure.trial import Trial

ACCEPTED, REFUSED = "accepted", "refused"
OF_ONE_KEY = "accepted when one of the keys has signed it"
_ABSENT = "(absent)"
_TYPES = (
    "JWT", "jwt", "at+jwt", "application/at+jwt", "id+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt", "JOSE", "x",
)  # fmt: skip
_LARGEST_TOKEN = 512 * 1024
_FINE_UP_TO = 64 * 1024
# How often a token of one length has to be accepted.
_EACH = 3


def accepted_typ(lab: Lab) -> Findings:
    """The plain token under each of the types that tokens of other kinds have, and without its kid."""
    with lab.ready_trial() as trial:
        accepted = [_ABSENT] if trial.accepts(trial.token(header_without=["typ"])) else []
        accepted += [kind for kind in _TYPES if trial.accepts(trial.token(header={"typ": kind}))]
        without_kid = ACCEPTED if trial.accepts(trial.token(header_without=["kid"])) else REFUSED
        published = len(_published(trial))
    if without_kid == REFUSED and published > 1 and lab.environment.target.can_restart:
        # It may have missed a choice only: what it does with one key is asked of a service that knows no other.
        with lab.trial() as trial:
            for key in _published(trial):
                if key["state"] != "current":
                    trial.issuer.set_key_state(key["kid"], "retired")
            trial.start()
            trial.require_control()
            published = len(_published(trial))
            without_kid = ACCEPTED if trial.accepts(trial.token(header_without=["kid"])) else REFUSED
    return {
        "accepted-typ": Finding(accepted, counts={"tokens": len(_TYPES) + 1}),
        "token-without-kid": Finding(without_kid, counts={"tokens": 1, "published_keys": published}),
    }


def _published(trial: Trial) -> list[dict[str, Any]]:
    return [key for key in trial.issuer.key_list() if key["state"] in ("current", "next", "previous")]


def without_kid_among_keys(lab: Lab) -> Findings:
    """Tokens without kid of each of two keys, to a service that finds both when it starts."""
    row = "token-without-kid-several-keys"
    with lab.trial() as trial:
        kids = [next(key["kid"] for key in trial.issuer.key_list() if key["state"] == "current")]
        kids.append(trial.session.add_key("second", state="next"))
        trial.start()
        trial.require_control()
        if not trial.accepted_soon(trial.token(key=kids[1])):
            return {row: unmeasured("the service didn't take up a second key")}
        accepted = [trial.accepts(trial.token(key=kid, header_without=["kid"])) for kid in kids]
    value = ACCEPTED if all(accepted) else OF_ONE_KEY if any(accepted) else REFUSED
    return {row: Finding(value, counts={"tokens": len(kids) + 1})}


def largest_token(lab: Lab) -> Findings:
    """The plain token with a claim that makes it as long as wanted."""
    with lab.ready_trial() as trial:
        shortest = len(trial.token(claims={"padding": ""}))

        def accepts(length: int) -> bool:
            # Three bytes of the payload are four characters of the token.
            padding = max(0, length - shortest) * 3 // 4
            token = trial.token(claims={"padding": "x" * padding})
            return all(trial.accepts(token) for _ in range(_EACH))

        limit = find_limit(accepts, 4096, _LARGEST_TOKEN, _step)
    bound = AT_LEAST if limit.refused is None else ""
    return {"largest-token": Finding(limit.accepted, bound, {"tokens": limit.tries}, resolution=_step(limit.accepted))}


def _step(accepted: int) -> int:
    """The limit of some HTTP servers depends on how a long head falls into reads: no run finds it to the byte."""
    finest = int(QUANTITIES["largest-token"].resolution)
    return finest if accepted <= _FINE_UP_TO else accepted // 32


TYP = Experiment(("accepted-typ", "token-without-kid"), accepted_typ, needs=())
AMONG_KEYS = Experiment(("token-without-kid-several-keys",), without_kid_among_keys)
TOKEN_SIZE = Experiment(("largest-token",), largest_token, needs=())
