"""The benchmark measures what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.cells import measure_cells
from bench.load import requests_per_second
from bench.matrix import measure_matrix
from bench.mutants import measure_mutants
from harness import embedded

ROOT = Path(__file__).parent.parent


def test_each_cell_is_measured_with_its_floor() -> None:
    """The last cell has no floor after it: everything has ended by then."""
    numbers = measure_cells("reference", ["okta"], ["baseline/plain-tokens"])
    assert numbers["cells"] == 3
    assert 0 < numbers["median_floor_ms"] < numbers["median_cell_ms"]
    assert numbers["median_ratio"] == pytest.approx(numbers["median_cell_ms"] / numbers["median_floor_ms"])


def test_a_run_of_the_matrix_counts_the_cells_that_were_run() -> None:
    """The wall time is that of the whole run."""
    numbers = measure_matrix("reference", 0, ["okta"], ["baseline/plain-tokens"])
    assert (numbers["cells"], numbers["verdicts"]) == (4, {"passed": 4})
    assert numbers["wall_s"] == pytest.approx(4 / numbers["cells_per_s"])


def test_a_run_of_the_mutants_counts_what_was_killed() -> None:
    """The wall time is that of the whole run, so it is the longer one for a single fault."""
    numbers = measure_mutants(0, ["m-no-exp-check"], baseline=False)
    assert (numbers["faults"], numbers["killed"], numbers["baseline_cells"]) == (1, 1, 0)
    assert numbers["at_once"] == pytest.approx(numbers["faults_s"] / numbers["wall_s"])
    assert numbers["at_once"] < 1


def test_the_load_refuses_an_answer_that_is_no_success() -> None:
    """Errors are quick; they must not count."""
    server = embedded.start()
    try:
        port = int(server.url.rpartition(":")[2])
        health = b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert requests_per_second("127.0.0.1", port, health, 2, 0.1) > 0
        with pytest.raises(RuntimeError, match="404"):
            requests_per_second("127.0.0.1", port, health.replace(b"health", b"nothing"), 2, 0.1)
    finally:
        server.close()


def test_the_help_shows_an_example() -> None:
    """`python -m bench --help` says how to call it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Examples:" in done.stdout
