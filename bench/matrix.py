"""The whole matrix on one target, as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def measure_matrix(
    target: str, processes: int, styles: Sequence[str] = (), select: Sequence[str] = ()
) -> dict[str, Any]:
    """Run `idp-harness run`: the wall time in seconds, start and end included, and the verdicts.

    `processes` is what `-n` gets. Raises RuntimeError with the output when the run could not judge.
    """
    with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
        command = [sys.executable, "-c", "from harness.cli import main; main()", "run", *select, "--target", target]
        command += ["-n", str(processes), "--report-dir", folder, *(f"--style={style}" for style in styles)]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        wall = time.perf_counter() - started
        if done.returncode not in (0, 1):
            raise RuntimeError(f"the run on {target} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        lines = (Path(folder) / "results.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = Counter(json.loads(line)["verdict"] for line in lines)
    cells = sum(count for verdict, count in verdicts.items() if verdict not in ("skipped", "undeclared"))
    return {
        "target": target,
        "processes": processes,
        "cells": cells,
        "wall_s": wall,
        "cells_per_s": cells / wall,
        "verdicts": dict(verdicts),
    }
