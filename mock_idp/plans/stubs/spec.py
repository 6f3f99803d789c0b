"""A step of a script, read from data that fits its JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.plans.faults.base import Exchange
from mock_idp.plans.faults.connection import close_connection
from mock_idp.plans.stubs.schema import ALWAYS
from mock_idp.plans.stubs.steps import Claims, Refusal, Response, Step, Usual, VendorRefusal


@dataclass(frozen=True)
class ScriptSettings:
    """A checked step: where, for how many requests (None: until cleared), for which of them, what it does, and how many
    seconds late.

    `given` is the step as it was written.
    """

    on: str
    times: int | None
    when: Mapping[str, str]
    step: Step
    delay_seconds: float = 0
    given: Mapping[str, Any] = field(compare=False, repr=False, default_factory=dict)

    def wait(self, exchange: Exchange) -> bool:
        """Hold a request up for the delay. False: its connection was closed meanwhile, as all faults were reset."""
        if self.delay_seconds and exchange.gate.wait(self.delay_seconds) == "cancelled":
            close_connection(exchange)
            return False
        return True


def script_settings(spec: Mapping[str, Any]) -> ScriptSettings:
    """The step of a spec that fits `SCRIPT_SPEC`."""
    times = spec.get("times", 1)
    return ScriptSettings(
        on=spec.get("on", "token"),
        times=None if times == ALWAYS else times,
        when=spec.get("when", {}),
        step=_step(spec),
        delay_seconds=spec.get("delay_seconds", 0),
        given=dict(spec),
    )


def _step(spec: Mapping[str, Any]) -> Step:
    if "claims" in spec:
        return Claims(spec["claims"])
    if "error" in spec:
        return Refusal(**spec["error"])
    if "problem" in spec:
        return VendorRefusal(spec["problem"])
    return Response(**spec["response"]) if "response" in spec else Usual()
