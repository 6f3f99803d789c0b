"""The benchmark measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.floor import measure_floor

ROOT = Path(__file__).parent.parent


def test_the_floor_of_the_reference_is_measured() -> None:
    """Mint, request and fetch take some time, in milliseconds."""
    assert 0 < measure_floor("reference") < 1000


def test_the_help_shows_an_example() -> None:
    """`python -m bench --help` says how to call it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Examples:" in done.stdout
