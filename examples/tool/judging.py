"""Runs `idp-harness` on an example, in its prepared folder, and keeps the records below `build/examples`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from examples.tool.example import FOLDER, Example

BUILD: Final = FOLDER.parent / "build" / "examples"


def build_folder(example: Example) -> Path:
    """Where the records of an example are: `report/` with results.jsonl, and `card.json`."""
    return BUILD / example.name


def judge(
    example: Example, prepared: Path, build: Path, *, scenarios: Sequence[str] = (), more: Sequence[str] = ()
) -> int:
    """Judge it, all scenarios or those named; the exit status of `idp-harness run`."""
    report = ["--report-dir", str(build / "report")]
    return _idp_harness(prepared, "run", *scenarios, *arguments(example, build / "scenarios"), *report, *more)


def measure(example: Example, prepared: Path, build: Path, *, rows: Sequence[str] = ()) -> int:
    """Measure it, all rows or those named; the exit status of `idp-harness measure`. Only all rows become a card."""
    card = [f"--only={row}" for row in rows] or ["--json", str(build / "card.json")]
    return _idp_harness(prepared, "measure", *arguments(example, build / "scenarios"), *card)


def arguments(example: Example, folder: Path) -> list[str]:
    """Target, profile and what is expected of it; `folder` becomes a folder of scenarios that holds these two alone."""
    for name, place in (("profile.toml", "profiles"), ("expected.toml", "expected")):
        (folder / place).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(example.file(name), folder / place / f"{example.name}.toml")
    options = [f"--target-option={key}={value}" for key, value in example.options.items()]
    return [
        *("--target", "process", "--command", example.command, *options),
        *("--scenarios", str(folder), "--profile", example.name, "--style", example.style),
    ]


def _idp_harness(folder: Path, *arguments: str) -> int:
    program = Path(sys.executable).with_name("idp-harness")
    return subprocess.run([str(program), *arguments], cwd=folder, check=False).returncode
