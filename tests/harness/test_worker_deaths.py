"""A process of a run that is killed loses no cell: what it had and did not end stands in the record as an error."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from cli_call import PROGRAM, environment
from scenario_files import HEAD, write_scenario

pytest_plugins = ("pytester",)

SECONDS = 300.0
FAULT = "m-says-that-it-starts"
QUICK = 'styles = ["auth0", "okta"]\nexpect = "accept"\n'
# Without a kill this would take ten minutes.
LONG = """
timed = true
start = "manual"
styles = ["okta"]
expect = "accept"
steps = [{ do = "start-service" }, { do = "wait", seconds = 600 }, { do = "send" }]
"""
# A service says in which process it starts: a quick cell's and the long one's, which is in the first process alone.
FEARS = f"""import os
from harness.reference.faults import fault
from harness.reference.settings import SettingsCheck

@fault("{FAULT}")
class Signal(SettingsCheck):
    \"\"\"Nothing is wrong, and a file gets a line with each start.\"\"\"

    def checked(self, settings):
        with open(f"starts-{{os.getpid()}}", "a") as file:
            file.write("started\\n")
        return super().checked(settings)
"""


def kill_one(
    folder: Path, command: list[str], starts: int, number: signal.Signals, go_on: Callable[[], bool]
) -> tuple[int, str]:
    """Run the command, signal the process that has so many starts once it may go on; status and output."""

    def victim() -> int | None:
        if not go_on():
            return None
        files = [one for one in folder.glob("starts-*") if one.read_text().count("\n") == starts]
        return int(files[0].name.partition("-")[2]) if files else None

    output = folder / "output.txt"
    with output.open("wb") as stream:
        run = subprocess.Popen(command, cwd=folder, env=environment(), stdout=stream, stderr=stream)
    try:
        deadline, pause = time.monotonic() + SECONDS, threading.Event()
        while (pid := victim()) is None:
            assert run.poll() is None, output.read_text()
            assert time.monotonic() < deadline, (list(folder.iterdir()), output.read_text())
            pause.wait(0.02)
        assert pid != run.pid
        processes = psutil.Process(run.pid).children(recursive=True)
        os.kill(pid, number)
        status = run.wait(SECONDS)
        assert psutil.wait_procs(processes, timeout=20)[1] == []
        return status, output.read_text()
    finally:
        run.kill()
        run.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_record_of_a_run_has_the_cells_of_a_killed_process(tmp_path: Path, number: signal.Signals) -> None:
    """Each cell once: the other process's with their verdicts, and the exit status is 3."""
    for topic in ("first", "second"):
        write_scenario(tmp_path / "mine", QUICK, topic=topic)
    write_scenario(tmp_path / "mine", LONG, topic="long")
    (tmp_path / "fears.py").write_text(FEARS)
    command = [
        PROGRAM,
        "run",
        "area/",
        "--scenarios",
        "mine",
        "--target",
        "reference",
        "-n",
        "2",
        "--report-dir",
        "out",
    ]
    results = tmp_path / "out" / "results.jsonl"

    def other_is_done() -> bool:
        """Four quick cells have passed, those of the killed process, too."""
        return results.exists() and results.read_text().count('"passed"') == 4

    status, output = kill_one(
        tmp_path, [*command, "--mutants-from", "fears.py", "--fault", FAULT], 2, number, other_is_done
    )
    assert status == 3, output
    rows = {row["id"]: row for row in map(json.loads, results.read_text().splitlines())}
    assert len(results.read_text().splitlines()) == len(rows) == 5
    lost = rows.pop("area/long/a-case[okta]")
    assert lost["verdict"] == "error"
    assert f"was ended by {number.name}" in lost["reason"]
    assert {row["verdict"] for row in rows.values()} == {"passed"}
    cases = ElementTree.parse(tmp_path / "out" / "junit.xml").findall(".//testcase")
    assert sum(case.find("error") is not None for case in cases) >= 1
    assert [case.get("name") for case in cases if case.get("classname") == "idp-harness"] == ["problem-1", "problem-2"]
    assert "5 cells in" in output
    said = "could not run: processes that run tests ended out of turn: gw[01] was ended by"
    assert re.search(f"{said} {number.name}", " ".join(output.split())), output
    assert '"ended": "broken off"' in (tmp_path / "out" / "manifest.jsonl").read_text()


def test_all_cells_of_a_process_that_ends_at_once_are_errors(tmp_path: Path) -> None:
    """Also those that nobody was waiting for, and with both processes gone."""
    for topic in ("first", "second", "third"):
        write_scenario(tmp_path / "mine", QUICK, topic=topic)
    (tmp_path / "fears.py").write_text(FEARS.replace("with open", "os._exit(7)\n        with open"))
    command = [
        PROGRAM,
        "run",
        "area/",
        "--scenarios",
        "mine",
        "--target",
        "reference",
        "-n",
        "2",
        "--report-dir",
        "out",
    ]
    done = subprocess.run(
        [*command, "--mutants-from", "fears.py", "--fault", FAULT],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stdout + done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert sorted(row["id"] for row in rows) == sorted(
        f"area/{topic}/a-case[{style}]" for topic in ("first", "second", "third") for style in ("auth0", "okta")
    )
    assert {row["verdict"] for row in rows} == {"error"}
    assert all("ended with status 7" in row["reason"] for row in rows)


def test_a_fault_of_a_killed_process_is_undecided(tmp_path: Path) -> None:
    """It stands in the matrix with the reason, and the exit status is 3."""
    write_scenario(tmp_path / "mine", LONG, head=HEAD.replace("m-no-exp-check", FAULT))
    (tmp_path / "fears.py").write_text(FEARS)
    command = [PROGRAM, "mutants", FAULT, "--mutants-from", "fears.py", "--scenarios", "mine", "--no-baseline"]
    status, output = kill_one(tmp_path, [*command, "-n", "2", "--json", "matrix.json"], 1, signal.SIGTERM, lambda: True)
    assert status == 3, output
    [row] = json.loads((tmp_path / "matrix.json").read_text())["mutants"]
    assert (row["mutant"], row["verdict"]) == (FAULT, "undecided")
    assert "was ended by SIGTERM" in row["unjudged"][0]["reason"]
    assert "Traceback" not in output


@pytest.mark.parametrize("restarts", ["0", "4"])
@pytest.mark.parametrize("distribution", ["load", "loadgroup"])
def test_a_suite_of_ones_own_keeps_its_record(pytester: pytest.Pytester, restarts: str, distribution: str) -> None:
    """A cell whose worker is gone is an error there, and pytest's status 3."""
    pytester.makepyfile(
        """
        def test_service(scenario_cell):
            scenario_cell.judge()
        """
    )
    pytester.makeconftest(
        """
        import os, signal
        def pytest_runtest_call(item):
            if "base-rs256-accept[okta]" in item.nodeid:
                os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = pytester.runpytest_subprocess(
        *("-p", "no:cacheprovider", "-n", "2", f"--dist={distribution}", f"--max-worker-restart={restarts}"),
        *("--idp-results=r.jsonl", "--idp-select=baseline/plain-tokens", "--idp-style=okta", "--idp-style=auth0"),
    )
    assert done.ret == 3
    rows = [json.loads(line) for line in (pytester.path / "r.jsonl").read_text().splitlines()]
    named = {row["id"]: row for row in rows}
    assert len(rows) == len(named)
    lost = named["baseline/plain-tokens/base-rs256-accept[okta]"]
    assert lost["verdict"] == "error"
    assert "was ended by SIGKILL" in lost["reason"]
    if restarts == "4":
        assert [row["id"] for row in rows if row["verdict"] == "error"] == [lost["id"]]
    assert any(row["verdict"] == "passed" for row in rows)


def test_a_cell_that_has_its_result_keeps_it(pytester: pytest.Pytester) -> None:
    """Its process is killed before the test has ended: one line, the verdict that there was, and still status 3."""
    pytester.makepyfile("def test_service(scenario_cell): scenario_cell.judge()")
    pytester.makeconftest(
        """
        import os, signal
        def pytest_runtest_teardown(item):
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    done = pytester.runpytest_subprocess(
        *("-p", "no:cacheprovider", "-n", "1", "--max-worker-restart=0", "--idp-results=r.jsonl"),
        *("--idp-select=baseline/plain-tokens/base-rs256-accept", "--idp-style=okta"),
    )
    assert done.ret == 3
    [row] = [json.loads(line) for line in (pytester.path / "r.jsonl").read_text().splitlines()]
    assert row["verdict"] == "passed"


def test_a_process_that_is_ended_before_it_has_a_fault_is_no_success(tmp_path: Path) -> None:
    """Another one would take its place without a word, and the status would be 0."""
    write_scenario(tmp_path / "mine", 'styles = ["okta"]\nexpect = [418]\n', head=HEAD.replace("m-no-exp-check", FAULT))
    dies = 'import os, signal\nif os.environ.get("PYTEST_XDIST_WORKER") == "gw0":\n    os.kill(os.getpid(), 15)\n'
    (tmp_path / "fears.py").write_text(dies + FEARS)
    command = [PROGRAM, "mutants", FAULT, "--mutants-from", "fears.py", "--scenarios", "mine", "--no-baseline"]
    done = subprocess.run(
        [*command, "-n", "2"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stdout + done.stderr
    assert "gw0 was ended by SIGTERM" in done.stdout
