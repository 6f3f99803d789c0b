"""Cells for the tests of what pipelines read."""

from __future__ import annotations

from copy import copy
from typing import Any

from harness.base.verdicts import FAILED, CellResult

# What a service or a token may say to break a format, a page or a pipeline.
HOSTILE = (
    "<script>alert(1)</script>", "]]><x/>", "`` ` ```", "@octocat see https://evil.example", "a | b\n| c",
    "::error::forged\r\n::stop-commands::x", "##[add-mask]x", "\x00\x1b[2J\ud800\ufffe", "%0A::notice::x", "![x](http://x)",
)  # fmt: skip


def cell(
    scenario: str = "time/expiry/time-exp-past",
    verdict: str = FAILED,
    variant: str = "",
    *,
    level: str = "must",
    severity: str = "high",
    **more: Any,
) -> CellResult:
    """A result as a run has it; a deviation says what came."""
    said = {"expected": "reject: 401", "actual": "200 OK"} if verdict in ("failed", "finding") else {}
    name = f"{scenario}[okta-{variant}]" if variant else f"{scenario}[okta]"
    about = {"expected": "", "actual": "", "reason": ""} | said | more
    return CellResult(
        name, scenario, "A title", variant, "okta", "worker", {}, verdict, level, severity,
        "RFC 7519 §4.1.4: a sentence", **about,
    )  # fmt: skip


def many_cells(count: int) -> list[CellResult]:
    """So many that failed, of 9 areas and 450 scenarios, each with a text of its own."""
    found = []
    for number in range(count):
        one = copy(_ONE)
        one.scenario, one.actual = f"a{number % 9}/b/c{number % 50}", str(number) * 50
        one.id = f"{one.scenario}[okta-{number}]"
        found.append(one)
    return found


_ONE = cell()
