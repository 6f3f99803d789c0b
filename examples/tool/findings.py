"""What an example is known to fail, as its `expected.toml` says."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from examples.tool.example import Example


@dataclass(frozen=True)
class Finding:
    """A scenario (`area/topic/slug`) that fails, the sentence that is broken, and why it is so."""

    scenario: str
    requirement: str
    reason: str


def findings(example: Example) -> list[Finding]:
    """All of them, in the file's order."""
    said = tomllib.loads(example.file("expected.toml").read_text(encoding="utf-8"))
    return [Finding(one["scenario"], one["requirement"], one["reason"]) for one in said.get("finding", [])]
