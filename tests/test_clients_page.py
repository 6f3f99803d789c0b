"""The page about client libraries lists those that are tried, and they are tried."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from doc_pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = ROOT / "tests" / "clients"
LISTED = PAGES["clients.md"].column("What was tried", "library")


def test_each_library_is_in_the_extra() -> None:
    """`pip install 'idp-harness[clients]'` brings them all, and no other."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert sorted(LISTED) == sorted(re.split(r"[\[>=<]", one)[0] for one in extras["clients"])


def test_each_library_has_its_tests() -> None:
    """In a file of its name."""
    files = {path.stem for path in CLIENTS.glob("test_*.py")} - {"test_node", "test_go"}
    assert files == {f"test_{name.replace('-', '_')}" for name in LISTED}


def test_each_library_has_an_example() -> None:
    """Which the page runs."""
    shown = {block.file for block in PAGES["clients.md"].blocks} - {None, "conftest.py"}
    assert shown == {f"test_with_{name.replace('-', '_')}.py" for name in LISTED}


def test_clients_of_other_languages_are_those_of_the_programs() -> None:
    """In the versions that they are tried in."""
    table = PAGES["clients.md"].table("What was tried in Node and Go", "library")
    package = json.loads((CLIENTS / "programs/node/package.json").read_text(encoding="utf-8"))
    module = (CLIENTS / "programs/go/go.mod").read_text(encoding="utf-8").split(")")[0]
    required = re.findall(r"^\t(\S+) v(\S+)$", module, re.MULTILINE)
    assert {row.words(0)[0]: row.cells[1] for row in table} == {**package["dependencies"], **dict(required)}
