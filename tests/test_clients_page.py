"""The page about client libraries lists those that are tried, and they are tried."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from doc_pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
LISTED = PAGES["clients.md"].column("What was tried", "library")


def test_each_library_is_in_the_extra() -> None:
    """`pip install 'idp-harness[clients]'` brings them all, and no other."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert sorted(LISTED) == sorted(re.split(r"[\[>=<]", one)[0] for one in extras["clients"])


def test_each_library_has_its_tests() -> None:
    """In a file of its name."""
    files = {path.stem for path in (ROOT / "tests" / "clients").glob("test_*.py")}
    assert files == {f"test_{name.replace('-', '_')}" for name in LISTED}


def test_each_library_has_an_example() -> None:
    """Which the page runs."""
    shown = {block.file for block in PAGES["clients.md"].blocks} - {None, "conftest.py"}
    assert shown == {f"test_with_{name.replace('-', '_')}.py" for name in LISTED}
