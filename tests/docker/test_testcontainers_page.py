"""The tests that docs/testcontainers.md shows pass as they stand there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from doc_pages import PAGES
from engine_look import needs_testcontainers
from target_images import variables

pytestmark = needs_testcontainers
BLOCKS = [block for block in PAGES["testcontainers.md"].blocks if block.kind == "python"]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_what_the_page_shows_works(number: int, tmp_path: Path, image: Callable[[str], str]) -> None:
    (tmp_path / "test_page.py").write_text(BLOCKS[number].text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    own = variables(image) | {"HARNESS_IMAGE": image("harness")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "."], cwd=tmp_path, env=clean | own, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_shows_something() -> None:
    assert len(BLOCKS) >= 2
