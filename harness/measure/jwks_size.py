"""How large a key set may be, in bytes and in keys."""

from __future__ import annotations

from typing import Any

from harness.idp.client import IdpError
from harness.measure.bisect import Limit, find_limit
from harness.measure.experiment import Experiment
from harness.measure.finding import AT_LEAST, Finding, Findings, unmeasured
from harness.measure.lab import Lab

_LARGEST_BYTES = 64 * 1024 * 1024
_LARGEST_COUNT = 16_384


def in_bytes(lab: Lab) -> Findings:
    """The usual set in a document that padding makes as long as wanted, fetched by a service that just started."""
    limit = _limit(lab, lambda size: {"kind": "huge", "bytes": size}, 64 * 1024, _LARGEST_BYTES)
    return {"largest-jwks": _finding(limit, _byte_step(limit.accepted))}


def in_keys(lab: Lab) -> Findings:
    """The usual keys behind as many others."""
    try:
        limit = _limit(lab, lambda size: {"kind": "crowd", "count": size}, 16, _LARGEST_COUNT, _key_step)
    except IdpError as error:
        return {"largest-key-count": unmeasured(f"could not be tried: {error}")}
    return {"largest-key-count": _finding(limit, _key_step(limit.accepted))}


def _byte_step(accepted: int) -> int:
    return max(65_536, accepted // 16)


def _key_step(accepted: int) -> int:
    return max(1, accepted // 16)


def _limit(lab: Lab, fault: Any, first: int, last: int, step: Any = _byte_step) -> Limit:
    with lab.trial() as trial:

        def accepts(size: int) -> bool:
            trial.issuer.clear_faults()
            trial.issuer.fault(on="jwks", **fault(size))
            trial.restart()
            return trial.accepted_soon(trial.token())

        return find_limit(accepts, first, last, step)


def _finding(limit: Limit, resolution: int) -> Finding:
    bound = AT_LEAST if limit.refused is None else ""
    return Finding(limit.accepted, bound, {"starts": limit.tries}, resolution=float(resolution))


IN_BYTES = Experiment(("largest-jwks",), in_bytes, needs=("jwks", "restart"), seconds=60.0)
IN_KEYS = Experiment(("largest-key-count",), in_keys, needs=("jwks", "restart"), seconds=60.0)
