"""Runs `idp-harness` on an example, in its prepared folder, and keeps the records below `build/examples`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from examples.tool.example import FOLDER, Example
from harness.base.errors import HarnessError
from harness.base.verdicts import ERROR, INCONCLUSIVE

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


def judge_again(example: Example, prepared: Path, build: Path, *, more: Sequence[str] = ()) -> int:
    """Judge once more what the last whole run left undecided, mostly for a busy machine, and put it into its record.

    Returns the exit status of `idp-harness run`. Raises `HarnessError` where there was no run, or nothing came of this.
    """
    record, news = (folder / "report" / "results.jsonl" for folder in (build, build / "again"))
    if not record.is_file():
        raise HarnessError(f"there is no run of {example.name} yet: python -m examples run {example.name}")
    cells = _cells(record)
    undecided = [name for name, line in cells.items() if json.loads(line)["verdict"] in (ERROR, INCONCLUSIVE)]
    if not undecided:
        return 0
    news.unlink(missing_ok=True)
    status = judge(example, prepared, build / "again", scenarios=undecided, more=more)
    if not news.is_file():
        raise HarnessError(f"nothing of {example.name} could be judged again")
    record.write_text("".join(f"{line}\n" for line in {**cells, **_cells(news)}.values()), encoding="utf-8")
    return status


def _cells(record: Path) -> dict[str, str]:
    """The lines of a record by the cells that they are about."""
    return {json.loads(line)["id"]: line for line in record.read_text(encoding="utf-8").splitlines()}


def measure(
    example: Example,
    prepared: Path,
    build: Path,
    *,
    rows: Sequence[str] = (),
    more: Sequence[str] = (),
    card: Path | None = None,
) -> int:
    """Measure it, all rows or those named; the exit status of `idp-harness measure`.

    All rows become the card of the example, some of them that of `card`.
    """
    file = card or (None if rows else build / "card.json")
    said = [f"--only={row}" for row in rows] + (["--json", str(file)] if file else [])
    return _idp_harness(prepared, "measure", *arguments(example, build / "scenarios"), *said, *more)


def compare(before: Path, after: Path) -> int:
    """Compare two records or two cards; the exit status of `idp-harness compare`."""
    return _idp_harness(before.parent, "compare", str(before), str(after))


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
