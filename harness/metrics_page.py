"""Reading the Prometheus text exposition format: names, labels and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.foreign_text import ForeignText

Series = tuple[str, tuple[tuple[str, str], ...]]

_LINE = re.compile(r"([A-Za-z_:][\w:.]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$")
_LABEL = re.compile(r'([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class MetricsPage:
    """The value of each series by its name and its labels, which are sorted."""

    series: Mapping[Series, float] = field(default_factory=dict)

    def total(self, name: str, labels: Mapping[str, str]) -> float | None:
        """The sum of the series of that name which have these labels; None when there is none.

        A counter may be written with or without `_total`, as exporters differ in it.
        """
        names = {name, name.removesuffix("_total"), name.removesuffix("_total") + "_total"}
        found = [
            value
            for (own_name, own_labels), value in self.series.items()
            if own_name in names and labels.items() <= dict(own_labels).items()
        ]
        return sum(found) if found else None


def read_metrics(body: bytes) -> MetricsPage:
    """The page of an answer's body; lines that are no samples are passed over."""
    series = {}
    for line in ForeignText(body).as_it_came.splitlines():
        found = _LINE.match(line.strip())
        if found is None or line.startswith("#"):
            continue
        name, labels, value = found.groups()
        try:
            series[name, tuple(sorted(_LABEL.findall(labels or "")))] = float(value)
        except ValueError:
            continue
    return MetricsPage(series)
