"""A step of a script, read from data that fits its JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.errors import bad_field
from mock_idp.faults.base import Exchange
from mock_idp.faults.connection import close_connection
from mock_idp.script.schema import ALWAYS
from mock_idp.script.steps import Claims, Refusal, Response, Step, Usual, VendorRefusal

_KINDS = ("response", "error", "problem", "claims")
# Where the usual answer has claims, and where clients are refused in the vendor's words.
CLAIMS_POINTS = ("token", "userinfo", "introspect")
PROBLEM_POINTS = ("token", "introspect", "revoke", "device_authorization", "par")


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


def script_settings(spec: Mapping[str, Any], where: str = "") -> ScriptSettings:
    """A step that fits `SCRIPT_SPEC`. In: the dotted path of the spec with a dot behind it, for errors.

    Raises MockIdpError for none or several of the four kinds, for claims where the usual answer has none, for problems
    where no client is refused, and for headers that the server sets itself.
    """
    given = [name for name in _KINDS if name in spec]
    if len(given) > 1 or (not given and not spec.get("delay_seconds")):
        blamed = where + given[1] if given else where.rstrip(".")
        raise bad_field(blamed, "A step has exactly one of response, error, problem and claims, or only delay_seconds.")
    on, times = spec.get("on", "token"), spec.get("times", 1)
    if "claims" in spec and on not in CLAIMS_POINTS:
        raise bad_field(f"{where}on", f"Only the answers of {', '.join(CLAIMS_POINTS)} have claims.")
    if "problem" in spec and on not in PROBLEM_POINTS:
        raise bad_field(f"{where}on", f"Only {', '.join(PROBLEM_POINTS)} refuse clients in the vendor's words.")
    return ScriptSettings(
        on=on,
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
