"""The whole matrix on one target, as a person runs it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from harness.loader import load_all


def measure_matrix(target: str, processes: str, styles: tuple[str, ...]) -> dict[str, Any]:
    """Run `idp-harness run`; the wall time in seconds, and the median cell that isn't timed in milliseconds.

    Raises RuntimeError with the output when the run could not judge.
    """
    timed = {scenario.id for scenario in load_all() if scenario.timed}
    with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
        command = [sys.executable, "-c", "from harness.cli import main; main()", "run", "--target", target]
        command += ["-n", processes, "--report-dir", folder]
        started = time.perf_counter()
        done = subprocess.run([*command, *(f"--style={style}" for style in styles)], capture_output=True, text=True)
        wall = time.perf_counter() - started
        if done.returncode not in (0, 1):
            raise RuntimeError(f"the run on {target} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        lines = (Path(folder) / "results.jsonl").read_text(encoding="utf-8").splitlines()
    records = [record for line in lines if (record := json.loads(line))["duration_s"]]
    fast = [record["duration_s"] for record in records if record["scenario"] not in timed]
    return {
        "target": target,
        "processes": processes,
        "cells": len(records),
        "wall_s": wall,
        "median_cell_ms": 1000 * statistics.median(fast),
        "fast_cells": len(fast),
        "fast_s": sum(fast),
        "exit_status": done.returncode,
    }
