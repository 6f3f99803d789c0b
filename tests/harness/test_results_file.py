"""`pytest --idp-results FILE`: whole lines as cells end, and no success where they can't be kept."""

from __future__ import annotations

import fcntl
import json
import os
import resource
from pathlib import Path

import pytest

from harness.declared.profile import find_profile, load_profile
from harness.report.record import read_record
from harness.scenario.loader import load_all
from harness.scenario.plan import plan, select

pytest_plugins = ("pytester",)

Pytester = pytest.Pytester
CELLS = ("--pyargs", "harness.suite.test_scenarios", "--idp-select=time/expiry", "--idp-style=okta")
COULD_NOT_RUN, USAGE_ERROR = 3, 4


def how_many() -> int:
    """The cells of such a run."""
    profile = load_profile(find_profile("reference"))
    return len(plan(select(load_all(), ["time/expiry"]), profile, "reference", ["okta"]))


def run(pytester: Pytester, *arguments: str | Path) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *map(str, arguments))


@pytest.mark.parametrize("kind", ["text", "folder", "fifo", "device"])
def test_a_file_of_somebody_else_is_refused_and_stays(pytester: Pytester, kind: str) -> None:
    file = pytester.path / "mine.jsonl"
    if kind == "text":
        file.write_text("mine\n")
    elif kind == "folder":
        file.mkdir()
    elif kind == "fifo":
        os.mkfifo(file)
    else:
        file = Path("/dev/full")
    result = run(pytester, *CELLS, f"--idp-results={file}")
    assert result.ret == USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {file} *; choose another file"])
    assert kind != "text" or file.read_text() == "mine\n"


def test_a_file_that_another_run_writes_to_is_refused(pytester: Pytester) -> None:
    file = pytester.path / "results.jsonl"
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = run(pytester, *CELLS, f"--idp-results={file}")
    assert result.ret == USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: * is written by another run at the moment; choose another file"])


def test_a_record_that_can_not_be_written_on_is_no_success(pytester: Pytester) -> None:
    """As on a full disk: what was written stays whole lines, the rest is counted, and the status is not 0 or 1."""
    file, rest = pytester.path / "results.jsonl", pytester.path / "rest"
    pytester.makeconftest(
        f"""
        import resource

        def pytest_collection_finish(session):
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (6000, limits[1]))

        def pytest_unconfigure(config):
            resource.setrlimit(resource.RLIMIT_FSIZE, {resource.getrlimit(resource.RLIMIT_FSIZE)})
            open({str(rest)!r}, "w").write(str(config.pluginmanager.get_plugin("idp-harness-results")._missing))
        """
    )
    result = run(pytester, "--rootdir=.", "-c", os.devnull, pytester.path, *CELLS, f"--idp-results={file}")
    assert result.ret == COULD_NOT_RUN, result.stdout.str()
    kept, missing = read_record(file), int(rest.read_text())
    assert (kept.is_torn, len(kept.results) + missing) == (False, how_many())
    assert missing > 0
    result.stdout.fnmatch_lines([f"ERROR: {file} can't be written: File too large; {missing} cells are missing there"])


def test_each_line_is_there_when_its_cell_has_ended(pytester: Pytester) -> None:
    """Not at the end of the run: the count grows by one with each test."""
    file, counts = pytester.path / "results.jsonl", pytester.path / "counts"
    pytester.makepyfile(
        counting=f"""
        import pytest
        from pathlib import Path

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logfinish():
            with open({str(counts)!r}, "a") as counts:
                print(len(Path({str(file)!r}).read_text().splitlines()), file=counts)
        """
    )
    run(pytester, "-p", "counting", *CELLS, f"--idp-results={file}")
    assert counts.read_text().split() == [str(number) for number in range(1, how_many() + 1)]
    assert all(json.loads(line)["verdict"] == "passed" for line in file.read_text().splitlines())
