"""Makefile.toml is what cargo-make and a person without it can use."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

MAKEFILE = tomllib.loads((Path(__file__).parent.parent / "Makefile.toml").read_text(encoding="utf-8"))
TASKS: dict[str, Any] = MAKEFILE["tasks"]


@pytest.mark.parametrize(
    "name", ["check", "test", "fix", "test-jwks-e2e", "tje", "run-mock-idp", "test-mutants", "bench"]
)
def test_the_task_exists(name: str) -> None:
    """The tasks that people look for are there."""
    assert name in TASKS


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_is_an_alias_a_composite_or_one_line(name: str) -> None:
    """A script sets `-euo pipefail` and is one more line; dependencies and aliases lead to tasks."""
    task = TASKS[name]
    if "alias" in task:
        assert task["alias"] in TASKS
        return
    assert task["description"][0].isupper()
    assert all(other in TASKS for other in task.get("dependencies", []))
    if "script" in task:
        first, line = task["script"]
        assert first == "set -euo pipefail"
        assert "\n" not in line
