"""The smallest RSA key that a service accepts."""

from __future__ import annotations

from harness.base.errors import TargetError
from harness.idp.client import IdpError
from harness.measure.experiment import Experiment
from harness.measure.finding import AT_MOST, Finding, Findings, unmeasured
from harness.measure.lab import Lab

_SIZES = (512, 768, 1024, 2048)
_COULD_NOT_BE_TRIED = "could not be tried"


def run(lab: Lab) -> Findings:
    """A published key of each size, and a token signed by it."""
    outcomes = dict(zip(_SIZES, lab.side_by_side(lambda bits: _try(lab, bits), _SIZES), strict=True))
    counts = {str(bits): outcome for bits, outcome in outcomes.items()}
    accepted = [bits for bits in _SIZES if outcomes[bits] == "accepted"]
    if not accepted:
        return {"minimum-rsa-bits": unmeasured(f"no key of {_SIZES[-1]} bits or less was accepted", **counts)}
    # Where the next smaller size could not be tried, it might be accepted as well.
    smaller = [bits for bits in _SIZES if bits < accepted[0]]
    unknown = smaller and outcomes[smaller[-1]] == _COULD_NOT_BE_TRIED
    return {"minimum-rsa-bits": Finding(accepted[0], AT_MOST if unknown else "", counts)}


def _try(lab: Lab, bits: int) -> str:
    with lab.trial() as trial:
        try:
            kid = trial.session.add_key("sized", algorithm="RS256", bits=bits, state="next")
            token = trial.token(key=kid)
            trial.start()
        except (IdpError, TargetError):  # Some don't start with a set that they can't read.
            return _COULD_NOT_BE_TRIED
        return "accepted" if trial.accepted_soon(token) else "refused"


EXPERIMENT = Experiment(("minimum-rsa-bits",), run)
