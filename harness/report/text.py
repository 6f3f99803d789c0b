"""A cell's result as text that a person can act on."""

from __future__ import annotations

from harness.base.verdicts import CellResult
from harness.report.summary import again_line
from harness.shown.terminal import indented

_INDENT = 15


def failure_text(result: CellResult) -> str:
    """Requirement, expected, actual, and the command that repeats it; each text of others is indented."""
    lines = [f"{result.verdict}: {result.title}", f"  cell         {result.id}"]
    lines.append(f"  requirement  {result.requirement}  ({result.level}, {result.severity})")
    if result.expected:
        lines += [f"  expected     {result.expected}", f"  actual       {result.actual}"]
    if result.reason:
        lines.append(f"  reason       {result.reason}")
    if result.config:
        lines.append(f"  configured   {result.config}")
    if curl := result.evidence.get("curl"):
        lines.append(f"  repeat       {curl}")
    if script := result.evidence.get("script"):
        lines.append(f"  script       the {len(script)} lines that lead there are in scripts/ of the report")
    lines.append(f"  again        {again_line(result)}")
    for fetch in result.evidence.get("fetches", []):
        lines.append(f"  fetches      {fetch}")
    for line in result.evidence.get("service_log", [])[-5:]:
        lines.append(f"  log          {line[:200]}")
    return "\n".join(indented(line, _INDENT) for line in lines)
