"""`idp-harness` as its users start it: a program of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.bundled import bundled_directory

PROGRAM = str(Path(sys.executable).parent / "idp-harness")
# Nothing is judged by it: a busy machine takes a minute for what takes ten seconds.
SECONDS = 300
needs_curl = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")


def run_in_bash(line: str) -> subprocess.CompletedProcess[bytes]:
    """What bash and curl make of a line; a proxy of this machine is not asked."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run(["bash", "--norc", "-c", line], env=variables, capture_output=True, timeout=30, check=False)


def environment() -> dict[str, str]:
    """This process's environment without what another pytest run has put there, and wide enough for a table."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return clean | {"COLUMNS": "200"}


def idp_harness(*arguments: str | Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program in `folder`, with these variables beside its others, and wait for its end.

    What `run` leaves open is an error, as in these tests.
    """
    command = [PROGRAM, *map(str, arguments)]
    strict = {"PYTHONWARNINGS": "error"} if arguments[0] == "run" else {}
    return subprocess.run(
        command, cwd=folder, env=environment() | strict | variables, capture_output=True, text=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip


def few_scenarios(folder: Path, *topics: str) -> dict[str, str]:
    """Variables with which a program knows of the bundled scenarios only those of `topics`, such as `time/expiry`.

    For what would ask all of them, as a fault does that survives. `folder` receives copies.
    """
    bundled, few = bundled_directory(), folder / "few"
    (few / "profiles").mkdir(parents=True)
    for file in (*(f"{topic}.toml" for topic in topics), "policies.toml", "profiles/reference.toml"):
        (few / file).parent.mkdir(exist_ok=True)
        shutil.copy(bundled / file, few / file)
    start = folder / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(
        "import pathlib\nimport harness.base.bundled as bundled\n"
        f"bundled.bundled_directory = lambda: pathlib.Path({str(few)!r})\n"
    )
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(start), os.environ.get("PYTHONPATH"))))}
