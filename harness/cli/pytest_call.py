"""One runner: pytest, called with this project's own plugins and nobody else's configuration."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

import harness
from harness.base.errors import HarnessError
from harness.pytest_plugins.progress import ProgressReporter
from harness.shown.foreign_text import foreign
from mock_idp.tools.program import sentence

# What pytest takes from the environment, beside its command line.
_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
# For a reference service with a fault: it runs in this process, and what it leaves open or lets fall is its fault.
FAULTY = ("-W", "ignore")
# What else is installed could change a verdict, and costs each process its time.
_PLUGINS = ("xdist.plugin", "harness.pytest_plugins.scenario_plugin", "harness.pytest_plugins.mutant_plugin")


def call_pytest(args: Sequence[str], reporter: ProgressReporter) -> int:
    """Run pytest in this process, quietly; `reporter` is a plugin that gets the reports. Returns pytest's status.

    The configuration of the folder the user is in, installed plugins and options in the environment must not change a
    verdict. What pytest itself can't cope with, such as a JUnit file that can't be written, becomes a problem of the
    reporter. Raises `HarnessError` where there is no place for the files in which pytest keeps what is printed.
    """
    try:
        tempfile.gettempdir()
    except OSError as error:
        raise HarnessError(
            f"there is no folder for temporary files: {foreign(error)}; set TMPDIR to one that can be written to"
        ) from error
    ini = Path(harness.__file__).parent / "suite" / "pytest.ini"
    quiet = ["--disable-plugin-autoload", *(part for name in _PLUGINS for part in ("-p", name))]
    quiet += ["-p", "no:terminal", "-p", "no:cacheprovider"]
    quiet += ["--import-mode=importlib", "--assert=plain"]
    quiet += ["--max-worker-restart=0"]  # What has ended one process may end the next; its cells say so.
    quiet += ["-p", "no:logging"]  # Nobody is shown what is logged, and three handlers a cell are set up for it.
    quiet += ["-p", "no:tmpdir"]  # No test here asks for a folder, and pytest-xdist would leave one for each run.
    set_aside = {name: os.environ.pop(name) for name in _VARIABLES if name in os.environ}
    try:
        return int(pytest.main([*quiet, "-c", str(ini), "--rootdir", str(ini.parent), *args], plugins=[reporter]))
    except Exception as error:
        reporter.problems.append(f"what pytest does at its end, such as the JUnit file: {sentence(error)}")
        reporter.is_record_lost = True
        return int(pytest.ExitCode.INTERNAL_ERROR)
    finally:
        os.environ.update(set_aside)
