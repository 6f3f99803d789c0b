"""CONTRIBUTING.md and SECURITY.md name what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import cli

ROOT = Path(__file__).parent.parent
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "SECURITY.md")}
# A path that is set as code: at least one slash, nothing to be filled in.
PATH = re.compile(r"`([\w.-]+/[\w./-]*)`")


@pytest.mark.parametrize("name", TEXTS)
def test_the_paths_exist(name: str) -> None:
    """Those that links lead to, and those that are set as code."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXTS[name])
    paths = PATH.findall(TEXTS[name])
    assert links
    assert [path for path in (*links, *paths) if not (ROOT / path).exists()] == []


def test_the_recipes_are_there() -> None:
    """What people add: a vendor, a mutation, a step, a policy knob, a scenario, a rule and a fault."""
    recipes = re.findall(r"^## Add an? (\w+)", TEXTS["CONTRIBUTING.md"], flags=re.MULTILINE)
    assert recipes == ["vendor", "mutation", "step", "policy", "scenario", "rule", "fault"]


def test_the_commands_exist() -> None:
    """Each subcommand of idp-harness that a recipe calls."""
    called = re.findall(r"idp-harness (\w+)", TEXTS["CONTRIBUTING.md"])
    assert called
    assert set(called) <= set(cli.commands)


def test_the_schema_is_written_as_the_recipe_says(tmp_path: Path) -> None:
    """Byte for byte what the repository holds."""
    file = tmp_path / "schema.json"
    subprocess.run([sys.executable, "-m", "harness.scenario.schema", str(file)], check=True, timeout=60)
    assert file.read_bytes() == (ROOT / "scenarios" / "schema.json").read_bytes()


def test_the_recipe_for_a_fault_is_the_code(tmp_path: Path) -> None:
    """The fault that it shows is one of the reference service, word for word."""
    (block,) = re.findall(r"^   ```python\n(.*?)^   ```", TEXTS["CONTRIBUTING.md"], flags=re.MULTILINE | re.DOTALL)
    shown = re.sub(r"^   ", "", block, flags=re.MULTILINE).strip()
    module = (ROOT / "harness" / "reference" / "faults" / "claims.py").read_text(encoding="utf-8")
    assert shown in module
