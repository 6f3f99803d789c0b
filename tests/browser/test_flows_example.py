"""The login page in a real browser, driven as docs/flows.md shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from browser.chromium import find_chromium

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"
SECONDS = 120


def run_pages_test(folder: Path, edit: tuple[str, str] = ("", "")) -> subprocess.CompletedProcess[str]:
    """Run the page's test, with one text replaced, as a user's suite would."""
    text = PAGE.read_text(encoding="utf-8")
    (test,) = re.findall(r"```python\n(import os\n.*?)```", text, flags=re.DOTALL)
    assert edit[0] in test
    (folder / "test_login.py").write_text(test.replace(*edit))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "test_login.py"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    variables = clean | {"CHROMIUM": find_chromium()}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS)


def test_a_user_logs_in_as_the_page_shows(tmp_path: Path) -> None:
    """Name and password are filled in by their labels, and the browser comes back with code and state."""
    done = run_pages_test(tmp_path)
    assert done.returncode == 0, done.stdout


def test_who_cancels_comes_back_with_an_error(tmp_path: Path) -> None:
    """The other button of the page; RFC 6749 section 4.1.2.1."""
    cancelled = run_pages_test(tmp_path, ('name="Log in"', 'name="Cancel"'))
    assert cancelled.returncode == 1
    assert "error=access_denied" in cancelled.stdout
