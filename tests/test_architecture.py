"""docs/architecture.md names files that exist, and the rooms in the order that the contract holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from doc_pages import PAGES

ROOT = Path(__file__).parent.parent
PAGE = PAGES["architecture.md"]


def test_the_files_exist() -> None:
    """Each path that is set as code."""
    paths = re.findall(r"`((?:mock_idp|harness|scenarios|tests)/[\w./-]*)`", PAGE.path.read_text(encoding="utf-8"))
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    ("package", "heading"), [("mock_idp", "Rooms of the mock"), ("harness", "Rooms of the harness")]
)
def test_the_rooms_are_in_their_order(package: str, heading: str) -> None:
    """Those of the contract that are folders, and all folders that there are."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == [package])
    names = [name for layer in layers for name in layer.split(" | ")]
    rooms = [name for name in names if (ROOT / package / name / "__init__.py").exists()]
    assert [word.strip("/") for word in PAGE.column(heading, "room")] == rooms


@pytest.mark.parametrize("package", ["mock_idp", "harness"])
def test_every_room_says_what_lives_there(package: str) -> None:
    """In the first line of its __init__."""
    for room in (ROOT / package).glob("*/__init__.py"):
        assert re.match(r'"""[A-Z`][^"\n]{20,}', room.read_text(encoding="utf-8")), room
