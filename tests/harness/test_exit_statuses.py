"""Status 1 means that the service broke a requirement; whatever else happens is 2 or 3, in one sentence."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_call import PROGRAM, SECONDS, environment, idp_harness
from scenario_files import write_scenario

from harness.base.verdicts import CellResult
from harness.report.folder import ReportFolder

RECORD = CellResult("a/b/c[okta]", "a/b/c", "T", "", "okta", "x", {}, "passed", "must", "high", "R").record()
# A service with this fault breaks most of these cells: what could be told is status 1.
FAILING = ("run", "time/expiry", "--style", "okta", "--target", "reference", "--fault", "m-no-exp-check", "-n", "0")


def in_shell(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line in bash in which `idp-harness` is the program; its status is that of the first part of a pipe."""
    script = f'idp-harness() {{ {shlex.quote(PROGRAM)} "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment() | variables, capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip


def path_with(folder: Path) -> dict[str, str]:
    """A search path on which the modules of a folder come first."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("idp-harness --help >/dev/full", "No space left on device"),
        ("idp-harness list >/dev/full", "No space left on device"),
        ("idp-harness list >&-", "Bad file descriptor"),
        ("idp-harness report results.jsonl >/dev/full", "No space left on device"),
    ],
)
def test_an_output_that_can_not_be_written_is_exit_status_3(tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "results.jsonl").write_text(json.dumps(RECORD) + "\n")
    done = in_shell(line, tmp_path)
    assert (done.returncode, done.stderr) == (3, f"idp-harness: what it prints can't be written: {why}\n")


def test_an_output_whose_reader_is_gone_is_exit_status_3(tmp_path: Path) -> None:
    """Closed before the program starts: `| head -1` would leave it to chance who is faster."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as output:
        done = subprocess.run(
            [PROGRAM, "list"], cwd=tmp_path, env=environment(), stdout=output, stderr=subprocess.PIPE, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "idp-harness: what it prints can't be written: Broken pipe\n")


def test_outputs_that_are_closed_both_are_no_way_to_status_1(tmp_path: Path) -> None:
    """Nothing can be said then, and no file gets what was to be printed."""
    done = in_shell("idp-harness list >&- 2>&- <&-", tmp_path)
    assert (done.returncode, done.stdout, done.stderr, list(tmp_path.iterdir())) == (3, "", "", [])


def test_a_run_whose_output_goes_away_keeps_its_record(tmp_path: Path) -> None:
    """It goes on to the last cell; the verdict that nobody could read does not become the exit status."""
    done = in_shell(f"idp-harness {shlex.join(FAILING)} | true", tmp_path)
    assert (done.returncode, "Broken pipe" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
    report = tmp_path / "report"
    announced = json.loads((report / "manifest.jsonl").read_text().splitlines()[0])
    assert len((report / "results.jsonl").read_text().splitlines()) == announced["cells"] > 10
    assert idp_harness("report", folder=tmp_path).returncode == 1


@pytest.mark.parametrize("bytes_left", [0, 20_000])
def test_a_full_disk_is_exit_status_3(tmp_path: Path, bytes_left: int) -> None:
    """Whichever file meets it: what was written is whole, and what is lost is said."""
    done = subprocess.run(
        ["prlimit", f"--fsize={bytes_left}:unlimited", PROGRAM, *FAILING],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stdout
    assert "can't be written: File too large" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    results = tmp_path / "report" / "results.jsonl"
    if bytes_left:
        again = idp_harness("report", folder=tmp_path)
        assert "cells are recorded" in again.stderr
        assert results.read_bytes().endswith(b"\n")
    else:
        assert not results.exists()


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/x", "file", "fifo"])
def test_a_report_folder_that_can_not_be_used_is_exit_status_2(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    os.mkfifo(tmp_path / "fifo")
    done = idp_harness(*FAILING, "--report-dir", place, folder=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert place in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_report_folder_is_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(0o555)
    done = idp_harness(*FAILING, "--report-dir", "out", folder=tmp_path)
    assert (done.returncode, "choose another" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "line",
    [
        "env -u HOME idp-harness list rotation",
        "HOME=/nowhere idp-harness list rotation",
        "HOME=/nowhere env -u PATH {program} list rotation",
        "TMPDIR=/nowhere idp-harness list rotation",
        "cd gone && rmdir ../gone && idp-harness list rotation",
        "LC_ALL=C PYTHONCOERCECLOCALE=0 PYTHONUTF8=0 idp-harness list rotation",
        "PYTHONIOENCODING=ascii idp-harness show kid-unknown",
    ],
)
def test_an_odd_environment_is_no_obstacle(tmp_path: Path, line: str) -> None:
    (tmp_path / "gone").mkdir()
    done = in_shell(line.replace("{program}", PROGRAM).replace("-u HOME idp-harness", f"-u HOME {PROGRAM}"), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_with_a_missing_tmpdir_is_judged_or_says_why(tmp_path: Path) -> None:
    """TMPDIR that doesn't exist: Python falls back; nothing of it is the service's fault."""
    done = in_shell(f"idp-harness {shlex.join(FAILING[:4])} --target reference -n 0", tmp_path, TMPDIR="/nowhere")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("raised", ["RuntimeError('x')", "OSError(28, 'full')"])
def test_an_exception_that_nobody_expected_is_exit_status_3(tmp_path: Path, raised: str) -> None:
    """In one line with its place; the traceback only for those who ask."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import harness.scenario.loader as loader\ndef broken(*_):\n    raise {raised}\nloader.load_all = broken\n"
    )
    variables = path_with(tmp_path)
    done = in_shell("idp-harness list", tmp_path, **variables)
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (3, 1, False), done.stderr
    done = in_shell("idp-harness list", tmp_path, IDP_HARNESS_TRACEBACK="1", **variables)
    assert (done.returncode, "Traceback" in done.stderr) == (3, True)


BROKEN = "raise RuntimeError('the plugin is broken')"
# What a plugin does, and in how many processes it is tried.
BROKEN_PLUGINS = {
    "internal error": (f"def pytest_runtest_protocol(item):\n    {BROKEN}\n", 0),
    "collection": (f"def pytest_generate_tests(metafunc):\n    {BROKEN}\n", 0),
    "set-up": (f"import pytest\n@pytest.fixture(autouse=True)\ndef broken():\n    {BROKEN}\n", 0),
    "at the end": (f"def pytest_sessionfinish():\n    {BROKEN}\n", 0),
    "worker": ("import os\ndef pytest_runtest_protocol(item):\n    os._exit(1)\n", 2),
}


@pytest.mark.parametrize(("plugin", "workers"), BROKEN_PLUGINS.values(), ids=BROKEN_PLUGINS)
def test_what_breaks_in_pytest_is_exit_status_3(tmp_path: Path, plugin: str, workers: int) -> None:
    """Errors of pytest and its plugins, and processes that are gone, say nothing of the service."""
    (tmp_path / "broken.py").write_text(plugin)
    (tmp_path / "sitecustomize.py").write_text(
        "import harness.cli.pytest_call as call\nmain = call.pytest.main\n"
        "call.pytest.main = lambda args, **more: main(['-p', 'broken', *args], **more)\n"
    )
    line = f"idp-harness run base-rs256-accept --style okta --target reference -n {workers}"
    done = in_shell(line, tmp_path, **path_with(tmp_path))
    assert (done.returncode, "could not run: " in done.stdout) == (3, True), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_options_of_the_environment_change_no_verdict(tmp_path: Path) -> None:
    """PYTEST_ADDOPTS is for the tests of its owner."""
    done = in_shell(
        "idp-harness run base-rs256-accept --style okta --target reference -n 0",
        tmp_path, PYTEST_ADDOPTS="--collect-only -k nothing", PYTEST_PLUGINS="nowhere",
    )  # fmt: skip
    assert (done.returncode, "1 cells in" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize("workers", [0, 2])
def test_a_plugin_that_is_installed_changes_no_verdict(tmp_path: Path, workers: int) -> None:
    """In no process: what somebody has installed for their own tests skips no cell."""
    about = tmp_path / "foreign-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[pytest11]\nforeign = foreign\n")
    (tmp_path / "foreign.py").write_text("import pytest\ndef pytest_runtest_setup():\n    pytest.skip('foreign')\n")
    line = f"idp-harness run base-rs256-accept --style okta --target reference -n {workers}"
    done = in_shell(line, tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


SLOW = """
timed = true
styles = ["okta"]
expect = "accept"
steps = [{ do = "send" }, { do = "wait", seconds = 600 }, { do = "send" }]
"""


def started(folder: Path, until: Callable[[], bool]) -> subprocess.Popen[bytes]:
    """A run in `out` of one cell that ends at once and one that takes ten minutes, as far as `until`."""
    write_scenario(folder / "mine", 'styles = ["okta"]\nexpect = "accept"\n', topic="quick")
    write_scenario(folder / "mine", SLOW, topic="slow")
    command = [
        PROGRAM,
        "run",
        "area/",
        "--scenarios",
        "mine",
        "--target",
        "reference",
        "-n",
        "0",
        "--report-dir",
        "out",
    ]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=output, stderr=output)
    deadline, pause = time.monotonic() + SECONDS, threading.Event()
    while not until():
        assert process.poll() is None, (folder / "output").read_text()
        assert time.monotonic() < deadline, (folder / "output").read_text()
        pause.wait(0.05)
    return process


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_the_record_of_a_run_that_is_ended_can_be_read(tmp_path: Path, by: signal.Signals) -> None:
    """To the last whole line, and `report` says what is missing; the folder can be used again."""
    results = tmp_path / "out" / "results.jsonl"
    process = started(tmp_path, lambda: results.exists() and results.read_text().endswith("\n"))
    try:
        second = idp_harness(*FAILING, "--report-dir", "out", folder=tmp_path)
        assert (second.returncode, "another run writes to out" in second.stderr) == (2, True)
        process.send_signal(by)
        assert process.wait(SECONDS) not in (0, 1, 2)
    finally:
        process.kill()
        process.wait()
    report = idp_harness("report", "out", folder=tmp_path)
    how = "interrupted" if by == signal.SIGINT else "ended from outside"
    assert (report.returncode, "1 cells: 1 passed" in report.stdout) == (3, True)
    assert f"the run was {how}: 1 of 2 cells are recorded" in report.stderr
    ReportFolder(tmp_path / "out", target="x", cells=1).close()
