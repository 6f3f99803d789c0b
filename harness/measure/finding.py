"""What an experiment found out about one row of the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AT_LEAST, AT_MOST = "at least", "at most"


@dataclass(frozen=True)
class Finding:
    """`value` is a number in the row's unit, a word, a list of words or a table; None when there is none: see `reason`.

    `bound` is "at least" or "at most" when the experiment's own limit was reached first. `counts` is the evidence:
    how many requests, fetches and tries stand behind the value. `resolution` replaces that of the row.
    """

    value: Any
    bound: str = ""
    counts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    resolution: float | None = None


def unmeasured(reason: str, **counts: Any) -> Finding:
    """Nothing was found out, because of `reason`."""
    return Finding(None, reason=reason, counts=counts)


Findings = Mapping[str, Finding]
