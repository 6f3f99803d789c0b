"""The whole kill matrix, as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def measure_mutants(processes: int, mutants: Sequence[str] = (), *, baseline: bool = True) -> dict[str, Any]:
    """Run `idp-harness mutants`: the wall time in seconds, start and end included, and the verdicts.

    `processes` is what `-n` gets; `mutants` names faults, all without. `faults_s` is what the faults took one by
    one: divided by the wall time it says how much went on at once. Raises RuntimeError with the output when the run
    could not judge.
    """
    with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
        file = Path(folder) / "matrix.json"
        command = [sys.executable, "-c", "from harness.cli import main; main()", "mutants", *mutants]
        command += ["-n", str(processes), "--json", str(file), *([] if baseline else ["--no-baseline"])]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        wall = time.perf_counter() - started
        if done.returncode not in (0, 1):
            raise RuntimeError(f"the mutant run ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        matrix = json.loads(file.read_text(encoding="utf-8"))
    rows = matrix["mutants"]
    faults = sum(row["duration_s"] for row in rows)
    return {
        "processes": processes,
        "faults": len(rows),
        "killed": sum(row["verdict"] == "killed" for row in rows),
        "cells": sum(row["cells_run"] for row in rows),
        "baseline_cells": matrix["baseline"]["cells"] if matrix["baseline"] else 0,
        "wall_s": wall,
        "faults_s": faults,
        "at_once": faults / wall,
    }
