"""The dashboard of the mock and the report of the harness look alike, though neither package has files of the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = {"ground", "text", "quiet", "line", "raised", "link", "mark"}


def colours(file: str) -> list[dict[str, str]]:
    """The shared colours of a style sheet, of the light scheme and of the dark one."""
    text = (ROOT / file).read_text(encoding="utf-8")
    schemes = [
        dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", text, re.S)
    ]
    return [{name: scheme[name] for name in SHARED} for scheme in schemes[:2]]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_colours_are_the_same(scheme: int) -> None:
    """Of ground, text, lines and links."""
    assert colours("mock_idp/dashboard/static/dashboard.css")[scheme] == colours("harness/report/page/page.css")[scheme]
