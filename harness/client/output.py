"""The results of a client program as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.client.case_file import CaseFile
from harness.shown.shell_words import word

COLOURS = {
    verdicts.PASSED: "green",
    verdicts.FINDING: "yellow",
    verdicts.FAILED: "red",
    verdicts.STALE: "red",
    verdicts.INCONCLUSIVE: "magenta",
}


def details(result: CellResult, again: Sequence[str]) -> Iterator[str]:
    """What a person needs to know of a case that did not pass; `again` is the call that repeats it."""
    if result.verdict == verdicts.PASSED:
        return
    yield f"requirement {result.requirement}"
    if result.verdict in (verdicts.FAILED, verdicts.FINDING):
        yield f"expected    {result.expected}"
        yield f"actual      {result.actual}"
    if result.reason:
        yield f"reason      {result.reason}"
    if result.verdict == verdicts.INCONCLUSIVE:
        for line in result.evidence["output"]:
            yield f"  | {line}"
    yield f"again       {' '.join(word(one) for one in again)}"


def summary(file: CaseFile, results: Sequence[CellResult], seconds: float) -> str:
    """How many cases had which verdict."""
    counts = Counter(result.verdict for result in results)
    numbers = ", ".join(f"{counts[verdict]} {verdict}" for verdict in verdicts.VERDICTS if counts[verdict])
    return f"{len(results)} cases of {file.title} in {seconds:.1f} s: {numbers}"


def document(file: CaseFile, program: str, results: Sequence[CellResult]) -> dict[str, Any]:
    """All of it as members of JSON."""
    return {"version": 1, "cases": file.title, "program": program, "results": [one.record() for one in results]}
