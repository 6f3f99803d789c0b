"""The README's picture of the report is one of the page as it is now."""

from __future__ import annotations

from pathlib import Path

from browser.picture import PICTURE, digest, digest_in, write

# Whoever opens the repository loads it.
MOST_BYTES = 150_000


def test_the_picture_is_up_to_date_and_small() -> None:
    """Otherwise `cargo make picture` takes it anew."""
    assert digest_in(PICTURE) == digest()
    assert PICTURE.stat().st_size < MOST_BYTES


def test_the_readme_shows_it() -> None:
    """With words for who can't see it."""
    assert "](docs/report.png)" in (PICTURE.parents[1] / "README.md").read_text()


def test_a_picture_of_another_page_is_out_of_date(tmp_path: Path) -> None:
    """It carries what it was made of."""
    write(PICTURE.read_bytes(), tmp_path / "x.png", "another")
    assert digest_in(tmp_path / "x.png") == "another"
