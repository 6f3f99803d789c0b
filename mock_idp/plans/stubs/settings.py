"""A stub, read from data that fits its JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.plans.faults.base import FaultContext
from mock_idp.plans.faults.connection import close_connection
from mock_idp.plans.queue import Condition
from mock_idp.plans.stubs.kinds import Claims, FixedResponse, Merge, Refusal, Stub, Token, Usual, VendorRefusal
from mock_idp.plans.stubs.schema import ALWAYS


@dataclass(frozen=True)
class StubSettings:
    """A checked stub: where, for how many requests (None: until cleared), for which of them, what it does, and how many
    seconds late.

    `given` is the stub as it was written.
    """

    on: str
    times: int | None
    when: Condition
    stub: Stub
    delay_seconds: float = 0
    given: Mapping[str, Any] = field(compare=False, repr=False, default_factory=dict)

    def wait(self, context: FaultContext) -> bool:
        """Hold a request up for the delay. False: its connection was closed meanwhile, as all faults were reset."""
        if self.delay_seconds and context.latch.wait(self.delay_seconds) == "cancelled":
            close_connection(context)
            return False
        return True


def stub_settings(spec: Mapping[str, Any]) -> StubSettings:
    """The stub of a spec that fits `STUB_SPEC`."""
    times = spec.get("times", 1)
    return StubSettings(
        on=spec.get("on", "token"),
        times=None if times == ALWAYS else times,
        when=spec.get("when", {}),
        stub=_stub(spec),
        delay_seconds=spec.get("delay_seconds", 0),
        given=dict(spec),
    )


def _stub(spec: Mapping[str, Any]) -> Stub:
    if "claims" in spec:
        return Claims(spec["claims"])
    if "token" in spec:
        return Token(spec["token"])
    if "error" in spec:
        return Refusal(**spec["error"])
    if "problem" in spec:
        return VendorRefusal(spec["problem"])
    if "merge" in spec:
        return Merge(spec["merge"])
    return FixedResponse(**spec["response"]) if "response" in spec else Usual()
