"""How the dashboard of the mock looks: like the report of the harness, and as its picture in the README shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser.dashboard_picture import PICTURE, digest
from browser.picture import digest_in

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


def test_the_picture_is_up_to_date_and_small() -> None:
    """Otherwise `cargo make picture-dashboard` takes it anew. Whoever opens the repository loads it."""
    assert digest_in(PICTURE) == digest()
    assert PICTURE.stat().st_size < 150_000


def test_the_readme_shows_it() -> None:
    """With words for who can't see it."""
    assert "](docs/dashboard.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
