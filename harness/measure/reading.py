"""One row of a finished card: what was measured beside what is documented and what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from harness.declared.card_rows import Documented, Threshold, is_duration
from harness.declared.quantities import Quantity
from harness.measure.finding import AT_LEAST, Finding
from harness.shown.foreign_text import ForeignText, one_line, visible_data
from harness.shown.redaction import Secrets

MEASURED, NOT_MEASURED, ERROR = "measured", "not measured", "error"
KEPT, BROKEN, UNDECIDED = "kept", "broken", "undecided"
_LONGEST_TEXT, _MOST, _DEEPEST = 400, 50, 10


@dataclass(frozen=True)
class Reading:
    """A row. `status` is "measured", "not measured" (the target can't, `reason` says why) or "error".

    `agrees` says whether the documented value is the measured one within the resolution, None without either.
    `verdict` is about `threshold`: "kept", "broken", "undecided" (nothing was measured, or only a bound), or "".
    """

    name: str
    what: str
    unit: str
    resolution: float
    status: str
    value: Any
    bound: str
    reason: str
    counts: Mapping[str, Any]
    documented: Any
    source: str
    agrees: bool | None
    threshold: Mapping[str, Any] | None
    verdict: str

    def record(self) -> dict[str, Any]:
        return asdict(self)


def make_reading(
    quantity: Quantity,
    finding: Finding,
    documented: Documented | None,
    threshold: Threshold | None,
    seconds: Callable[[Mapping[str, float]], float],
    *,
    error: bool = False,
    secrets: Secrets | None = None,
) -> Reading:
    """The row of a finding, without the `secrets`. `seconds` turns a duration table of the profile into seconds."""
    resolution = quantity.resolution if finding.resolution is None else finding.resolution
    measured = finding.value is not None
    said = _resolved(documented.value, seconds) if documented else None
    asked = {key: _resolved(value, seconds) for key, value in threshold.items()} if threshold else None
    return Reading(
        name=quantity.name,
        what=quantity.what,
        unit=quantity.unit,
        resolution=resolution,
        status=MEASURED if measured else ERROR if error else NOT_MEASURED,
        value=_without(secrets, _shown(finding.value)) if isinstance(finding.value, Mapping) else _shown(finding.value),
        bound=finding.bound,
        reason=_without(secrets, one_line(finding.reason)) if error else one_line(finding.reason),
        counts=visible_data(finding.counts),
        documented=said,
        source=documented.source if documented else "",
        agrees=same(said, finding.value, resolution) and not finding.bound if documented and measured else None,
        threshold=asked,
        verdict=_verdict(finding, asked, resolution) if asked else "",
    )


def same(wanted: Any, value: Any, resolution: float) -> bool:
    """Whether two values are one within the resolution; of a table only the members that `wanted` has count."""
    if isinstance(wanted, bool) != isinstance(value, bool):
        return False  # Python takes True for 1.
    if is_number(wanted) and is_number(value):
        return bool(abs(wanted - value) <= resolution)
    if isinstance(wanted, Mapping) and isinstance(value, Mapping):
        return all(name in value and same(item, value[name], resolution) for name, item in wanted.items())
    return bool(wanted == value)


def _without(secrets: Secrets | None, value: Any) -> Any:
    return secrets.cut_data(value) if secrets else value


def _shown(value: Any, depth: int = 0) -> Any:
    """A value as it can be shown, once it is judged: names and texts are the service's, and so is their number."""
    if isinstance(value, str):
        return str(ForeignText(value, _LONGEST_TEXT))
    if not isinstance(value, Mapping | list | tuple):
        return visible_data(value)
    if depth >= _DEEPEST:
        return "…"
    more = ["…"] if len(value) > _MOST else []
    if isinstance(value, Mapping):
        items = list(value.items())[:_MOST]
        shown = {str(ForeignText(str(name))): _shown(item, depth + 1) for name, item in items}
        return shown | dict.fromkeys(more, f"{len(value) - _MOST} more")
    return [_shown(item, depth + 1) for item in value[:_MOST]] + more


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _resolved(value: Any, seconds: Callable[[Mapping[str, float]], float]) -> Any:
    return seconds(value) if is_duration(value) else value


def _verdict(finding: Finding, threshold: Mapping[str, Any], resolution: float) -> str:
    if finding.value is None:
        return UNDECIDED
    outcomes = {_kept(finding, key, asked, resolution) for key, asked in threshold.items()}
    return next(word for word in (BROKEN, UNDECIDED, KEPT) if word in outcomes)


def _kept(finding: Finding, key: str, asked: Any, resolution: float) -> str:
    value, bound = finding.value, finding.bound
    if key == "is":
        kept = same(asked, value, resolution)
    elif key == "one_of":
        kept = any(same(one, value, resolution) for one in asked)
    elif not is_number(value):
        kept = False  # A word stands where a number is asked for, such as "not checked".
    else:
        kept = value <= asked if key == "at_most" else value >= asked
        # "At least 5" keeps "at least 4" and breaks "at most 4"; whether it is more than 6 isn't known.
        if bound and kept != ((bound == AT_LEAST) == (key == "at_least")):
            return UNDECIDED
        return KEPT if kept else BROKEN
    if bound:
        return UNDECIDED
    return KEPT if kept else BROKEN
