"""Each rule with an example that fires and one that doesn't: the data of `examples.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.lint.finding import Rule

_FILE = Path(__file__).with_name("examples.toml")


@dataclass(frozen=True)
class Example:
    """Parts of a worker's file, which otherwise is right: with `fires` the rule speaks, with `silent` it doesn't.

    `without` are tables and keys that the first one lacks, dotted.
    """

    fires: str
    silent: str
    without: tuple[str, ...]


@cache
def examples() -> Mapping[str, Example]:
    """By the rule's id."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: Example(one.get("fires", "").strip(), one["silent"].strip(), tuple(one.get("without", ())))
        for name, one in data.items()
    }


def rule_page(rule: Rule) -> str:
    """What a rule is about, for a reader: sentence, severity, source, examples."""
    example = examples()[rule.id]
    severity = rule.severity + (", a note in files for development and tests" if rule.production else "")
    wrong = [example.fires] if example.fires else []
    wrong += [f"# without {name}" for name in example.without]
    parts = [
        f"{rule.id} ({severity})\n{rule.sentence}",
        f"source: {rule.source}",
        "wrong:\n" + _indented("\n".join(wrong)),
        "right:\n" + _indented(example.silent),
    ]
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
