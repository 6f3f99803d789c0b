"""One runner: pytest, called with this project's own plugins and nobody else's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import harness


def call_pytest(args: Sequence[str], reporter: object) -> int:
    """Run pytest in this process, quietly; `reporter` is a plugin that gets the reports. Returns pytest's status.

    The configuration and plugins of the folder the user is in must not change a verdict.
    """
    ini = Path(harness.__file__).parent / "suite" / "pytest.ini"
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:schemathesis"]
    quiet += ["--import-mode=importlib", "--assert=plain"]
    quiet += ["-p", "no:tmpdir"]  # No test here asks for a folder, and pytest-xdist would leave one for each run.
    return int(pytest.main([*quiet, "-c", str(ini), "--rootdir", str(ini.parent), *args], plugins=[reporter]))
