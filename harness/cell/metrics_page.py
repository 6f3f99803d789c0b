"""Reading the Prometheus text exposition format: names, labels and values.

https://prometheus.io/docs/instrumenting/exposition_formats/ and what OpenMetrics adds to it. A line that is broken is
passed over, and no line costs more time than its length: the page is the service's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.base.errors import HarnessError
from harness.shown.foreign_text import ForeignText

Series = tuple[str, tuple[tuple[str, str], ...]]

MAX_SERIES = 100_000

_BLANKS = re.compile(r"[ \t]*")
_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:.]*")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_ESCAPED = re.compile(r"\\(.)")
_NUMBER = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf|infinity|nan)", re.IGNORECASE)
_BEHIND_THE_VALUE = re.compile(r"(?:-?[0-9]+(?:\.[0-9]*)?[ \t]*)?(?:#.*)?")


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
    """The page of an answer's body. Raises `HarnessError` when it has more than `MAX_SERIES` series."""
    series: dict[Series, float] = {}
    for line in ForeignText(body).as_it_came.split("\n"):
        try:
            name, value = _Line(line).sample()
        except _Broken:
            continue
        series[name] = value
        if len(series) > MAX_SERIES:
            raise HarnessError(f"the page of metrics has more than {MAX_SERIES:,} series, the most that are read")
    return MetricsPage(series)


class _Broken(Exception):
    """The line is no sample."""


class _Line:
    """A line that is read from left to right; nothing in it is looked at twice."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text.rstrip("\r"), 0

    def sample(self) -> tuple[Series, float]:
        """The series and its value. Raises `_Broken`, also for a comment or an empty line."""
        self._skip()
        name = "" if self._next("{") else self._match(_NAME)[0]
        labels: list[tuple[str, str]] = []
        self._skip()
        if self._next("{"):
            self._at += 1
            name = self._labels(name, labels)
        if not name:
            raise _Broken
        self._skip()
        value = float(self._match(_NUMBER)[0])
        end = self._at
        self._skip()
        if self._at == end < len(self._text) or not _BEHIND_THE_VALUE.fullmatch(self._text, self._at):
            raise _Broken
        return (name, tuple(sorted(labels))), value

    def _labels(self, name: str, labels: list[tuple[str, str]]) -> str:
        """Read all up to the closing brace. The name of the metric may stand among the labels, in quotes."""
        while True:
            self._skip()
            if not self._next("}"):
                quoted = self._next('"')
                word = self._quoted() if quoted else self._match(_NAME)[0]
                self._skip()
                if self._next("="):
                    self._at += 1
                    self._skip()
                    labels.append((word, self._quoted()))
                    self._skip()
                elif quoted and not name:
                    name = word
                else:
                    raise _Broken
            if self._next("}"):
                self._at += 1
                return name
            self._expect(",")

    def _quoted(self) -> str:
        text = self._match(_QUOTED)[1]
        return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)

    def _expect(self, character: str) -> None:
        if not self._next(character):
            raise _Broken
        self._at += 1

    def _next(self, character: str) -> bool:
        return self._text.startswith(character, self._at)

    def _skip(self) -> None:
        self._match(_BLANKS)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _Broken
        self._at = found.end()
        return found
