"""The scenarios that CI tries on an example: a handful that every service must pass, and a finding of each area."""

from __future__ import annotations

from typing import Final

from examples.tool.example import Example
from examples.tool.findings import findings

# By their names alone, so that no other one that begins alike is chosen, too.
HANDFUL: Final = (
    "base-rs256-accept",
    "id-aud-wrong",
    "id-iss-wrong",
    "perm-none",
    "sig-alg-none",
    "time-exp-past",
    "transport/status",
)


# Each case there has a service and an issuer of its own, or waits.
WITH_SERVICES_OF_THEIR_OWN: Final = ("jwks-document", "jwks-http", "rotation")


def quick_selection(example: Example) -> tuple[str, ...]:
    """What `idp-harness run` is given: the handful, and the first finding of each area in which cases are quick."""
    areas: dict[str, str] = {}
    for one in findings(example):
        area, _, name = one.scenario.split("/")
        if area not in WITH_SERVICES_OF_THEIR_OWN:
            areas.setdefault(area, name)
    return (*HANDFUL, *sorted(areas.values()))
