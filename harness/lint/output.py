"""Findings as lines of text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.lint.explanation import CLOSED, OPEN, PROTECTED, UNKNOWN, Explanation
from harness.lint.finding import SEVERITIES, Finding
from harness.lint.reading import Reading

_ACCESS = {
    OPEN: "OPEN: every route is open to everybody",
    CLOSED: "nobody gets in: no bearer token and no API key is ever accepted",
    PROTECTED: "protected",
    UNKNOWN: "it doesn't start",
}


def as_text(file: Path, findings: Sequence[Finding]) -> Iterator[str]:
    """A paragraph for each finding: where, how bad, what; the source; what to write instead."""
    for one in findings:
        yield f"{file}:{one.line}: {one.severity}: {one.message} ({one.rule})"
        yield f"    source: {one.source}"
        for number, line in enumerate(one.instead.split("\n")):
            yield f"    {'write:  ' if number == 0 else '        '}{line}"


def summary(file: Path, readings: Sequence[Reading], findings: Sequence[Finding]) -> str:
    """How many findings there are, and how the file was read."""
    counted = Counter(one.severity for one in findings)
    found = ", ".join(f"{counted[one]} {one}{'s' * (counted[one] != 1)}" for one in SEVERITIES if counted[one])
    services = " and ".join(one.service for one in readings)
    part = ", a part that is merged with others" if any(one.is_part for one in readings) else ""
    return f"{file}: {found or 'no findings'}, read as {services} of Tasker 0.1.8{part}"


def explanation_text(one: Explanation) -> Iterator[str]:
    """What the service would do, line by line."""
    yield f"{one.service}: {_ACCESS[one.access]}"
    yield f"  reads     {one.table}" + ("" if one.table_found else ", which isn't there")
    for table in one.tables_ignored:
        yield f"  ignores   {table}"
    for obstacle in one.obstacles:
        yield f"  no start  {obstacle}"
    yield f"  tokens    {one.tokens}"
    for key in one.api_keys:
        yield f"  keys      {key}"
    for setting in one.settings:
        origin = "" if setting.origin == "file" else f"  ({setting.origin})"
        yield f"  has       {setting.name} = {setting.value}{origin}"


def document(
    file: Path, readings: Sequence[Reading], findings: Sequence[Finding], explanations: Sequence[Explanation]
) -> dict[str, Any]:
    """All of it as members of JSON."""
    return {
        "version": 1,
        "file": str(file),
        "tasker": "0.1.8",
        "services": [one.service for one in readings],
        "part": any(one.is_part for one in readings),
        "findings": [asdict(one) for one in findings],
        **({"explanations": [one.document() for one in explanations]} if explanations else {}),
    }
