"""What an example is known to fail, as its `expected.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from examples.tool.example import Example


@dataclass(frozen=True)
class Finding:
    """A scenario (`area/topic/slug`) that fails, the sentence that is broken, and why it is so."""

    scenario: str
    requirement: str
    reason: str
    variants: tuple[str, ...] = ()

    def covers(self, cell: Mapping[str, Any]) -> bool:
        """Whether it is about this cell of a record."""
        return bool(cell["scenario"] == self.scenario and (not self.variants or cell["variant"] in self.variants))


def findings(example: Example) -> list[Finding]:
    """All of them, in the file's order."""
    said = tomllib.loads(example.file("expected.toml").read_text(encoding="utf-8"))
    return [
        Finding(one["scenario"], one["requirement"], one["reason"], tuple(one.get("variants", ())))
        for one in said.get("finding", [])
    ]
