"""Where the data is that comes with the harness."""

from __future__ import annotations

from pathlib import Path


def bundled_directory() -> Path:
    """The folder of the scenarios that come with the harness: inside the installed package, or in the checkout."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_scenarios"
    return packaged if packaged.is_dir() else package.parent / "scenarios"
