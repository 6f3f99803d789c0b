"""The scripts that do again what cells did which did not pass, as files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from harness.verdicts import CellResult


def script_name(result: CellResult) -> str:
    """The name of a result's script: the cell's id as a file name."""
    return re.sub(r"[^a-z0-9]+", "-", result.id).strip("-") + ".sh"


def write_scripts(results: Iterable[CellResult], report_dir: Path) -> int:
    """Write `scripts/<area>-<topic>-<slug>-<style>-<variant>.sh` for each result that has a script; returns how many.

    Scripts of an earlier run go. They work while the run is held (`--hold`): each speaks to the issuer and the
    service of its own cell.
    """
    folder = report_dir / "scripts"
    shutil.rmtree(folder, ignore_errors=True)
    written = 0
    for result in results:
        if lines := result.evidence.get("script"):
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / script_name(result)
            about = [f"# {result.id}", f"# expected {result.expected}", f"# actual   {result.actual}"]
            text = "\n".join([lines[0], *(line.replace("\n", " ")[:300] for line in about), *lines[1:]])
            file.write_text(text + "\n", encoding="utf-8")
            file.chmod(0o755)
            written += 1
    return written
