"""`python -m tests.browser.picture`: the README's picture of the report, from a run of the real Tasker worker.

It carries a digest of what the page is made of, so that a test sees when it is out of date.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

from .chromium import launch

_ROOT: Final = Path(__file__).parents[2]
PICTURE: Final = _ROOT / "docs" / "report.png"
_MADE_OF: Final = ("page.css", "page.html", "elements.js", "page.js")
# Enough for findings of several areas, in some minutes.
_SCENARIOS: Final = (
    *("config-endpoint/mistakes", "configuration/patterns", "header/critical", "identity/audience"),
    *("permissions/claim-name", "time/expiry", "time/not-before"),
)
_SIZE: Final = (1120, 1150)
_COLOURS: Final = 64
_KEYWORD: Final = "Source"


def digest() -> str:
    """That of the files that the page is made of."""
    room = _ROOT / "harness" / "report" / "page"
    return hashlib.sha256(b"".join((room / name).read_bytes() for name in _MADE_OF)).hexdigest()


def digest_in(picture: Path) -> str:
    """That which stands in a picture of ours; empty for another one."""
    with Image.open(picture) as image:
        return str(image.info.get(_KEYWORD, ""))


def write(shot: bytes, picture: Path, text: str) -> None:
    """Write a screenshot in few colours, with the digest `text`."""
    about = PngInfo()
    about.add_text(_KEYWORD, text)
    with Image.open(io.BytesIO(shot)) as image:
        few = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(picture, "PNG", optimize=True, pnginfo=about)


def picture_of(page: Path) -> bytes:
    """The first screen of a report."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            shown = browser.new_page(viewport=dict(zip(("width", "height"), _SIZE, strict=True)), color_scheme="light")
            shown.goto(page.resolve().as_uri())
            shown.locator("#shown").filter(has_text="cells shown").wait_for()
            return shown.screenshot()
        finally:
            browser.close()


def main() -> int:
    """Judge, take the picture and write it; the exit status of a run that broke off, else 0."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).with_name("idp-harness")
        line = [program, "run", *_SCENARIOS, "--target", "tasker-worker", "--report-dir", folder]
        status = subprocess.run(line, check=False).returncode
        if status not in (0, 1):
            return status
        write(picture_of(Path(folder) / "report.html"), PICTURE, digest())
    print(f"{PICTURE.relative_to(_ROOT)}: {PICTURE.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
