"""The scenarios that CI tries on an example: a handful that every service must pass, and those of its findings."""

from __future__ import annotations

from typing import Final

from examples.tool.example import Example
from examples.tool.findings import findings

HANDFUL: Final = (
    "baseline/plain-tokens/base-rs256-accept",
    "identity/audience/id-aud-wrong",
    "identity/issuer/id-iss-wrong",
    "permissions/exact-match/perm-none",
    "signature/none/sig-alg-none",
    "time/expiry/time-exp-past",
    "transport/status",
)


def quick_selection(example: Example) -> tuple[str, ...]:
    """What `idp-harness run` is given, without what takes long by itself (`slow` in the example's file)."""
    known = {one.scenario for one in findings(example)} - set(example.slow)
    return (*HANDFUL, *sorted(known))
