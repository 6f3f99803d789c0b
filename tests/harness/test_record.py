"""The record as evidence: read back to the last whole line, and with what became of the run."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness

from harness.base.errors import UsageError
from harness.base.verdicts import CellResult
from harness.report.folder import ReportFolder
from harness.report.manifest import how_it_went, left_out_of
from harness.report.record import is_record, line_of, read_record

CELL: dict[str, Any] = CellResult(
    "a/b/c[okta]", "a/b/c", "T", "", "okta", "x", {}, "passed", "must", "high", "R"
).record()
LINE = json.dumps(CELL) + "\n"


def record(folder: Path, text: str) -> Path:
    file = folder / "results.jsonl"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("length", [1, 8, 9, 40, len(LINE) - 1])
def test_a_last_line_that_is_cut_off_costs_no_other(tmp_path: Path, length: int) -> None:
    """Wherever the cut is: one that happens to be whole, but for its end, is still a cell."""
    found = read_record(record(tmp_path, LINE * 2 + LINE[:length]))
    assert (len(found.results), found.is_torn) == ((3, False) if length == len(LINE) - 1 else (2, True))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"verdict": "splendid"}, '"splendid" is no verdict'),
        ({"verdict": ["failed"]}, "verdict is no text"),
        ({"level": "SHOULD"}, '"SHOULD" is no level'),
        ({"severity": ""}, '"" is no severity'),
        ({"id": 1}, "id is no text"),
        ({"reason": ["x"]}, "reason is no text"),
        ({"duration_s": "1"}, "duration_s is no number"),
        ({"duration_s": True}, "duration_s is no number"),
        ({"duration_s": -1}, "duration_s is no number"),
        ({"duration_s": 10**400}, "duration_s is no number"),
        ({"duration_s": float("nan")}, "NaN is no number of JSON"),
        ({"duration_s": float("inf")}, "Infinity is no number of JSON"),
        ({"config": []}, "config is no object"),
        ({"evidence": "x"}, "evidence is no object"),
        ({"evidence": {"curl": 1}}, "curl is no text"),
        ({"evidence": {"script": "x"}}, "script is no list of lines"),
        ({"verdcit": "passed"}, 'a cell has no member "verdcit"'),
    ],
)
def test_a_cell_with_a_wrong_value_is_refused_with_its_line(
    tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    """A verdict that doesn't exist would count as passed."""
    file = record(tmp_path, LINE + json.dumps({**CELL, **change}) + "\n" + LINE)
    with pytest.raises(UsageError, match=rf"results\.jsonl:2: is no record of a cell: .*{sentence}"):
        read_record(file)
    assert not is_record(file)


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, "null", '"x"', ""])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"results\.jsonl:1: is no record of a cell"):
        read_record(record(tmp_path, text + "\n"))


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "results.jsonl"
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "folder":
        (file / "results.jsonl").mkdir(parents=True)
    else:
        file = Path("/dev/zero")
    done = idp_harness("report", file, folder=tmp_path)
    assert (done.returncode, "must be a file" in done.stderr) == (2, True)


@pytest.mark.parametrize("value", [float("nan"), "\ud800", b"bytes", {1, 2}])
def test_a_cell_that_json_can_not_hold_is_recorded_all_the_same(tmp_path: Path, value: Any) -> None:
    """Its evidence may be lost, the cell never is."""
    line = line_of({**CELL, "verdict": "failed", "evidence": {"x": value}})
    (tmp_path / "results.jsonl").write_bytes(line)
    [found] = read_record(tmp_path / "results.jsonl").results
    assert found.verdict == "failed"


@contextmanager
def a_run(folder: Path, planned: int, cells: int, torn: str = "", left_out: int = 0) -> Iterator[ReportFolder]:
    """A run in the folder that has recorded some of its cells; it goes on within the block."""
    with ReportFolder(folder, target="x", cells=planned, left_out=left_out) as taken:
        record(folder, LINE * cells + torn)
        yield taken


def reported(folder: Path) -> tuple[int, str, str]:
    """The exit status of `report`, how many cells it showed, and its warnings."""
    done = idp_harness("report", folder, folder=folder)
    assert "Traceback" not in done.stderr
    last = [line for line in done.stdout.splitlines() if re.match("[0-9]+ cells", line)][-1]
    assert ("(--all-styles)" in done.stdout) == (left_out_of(folder) > 0)
    return done.returncode, last.partition(" ")[0], done.stderr


def test_a_run_that_was_killed_is_told_from_one_that_goes_on_and_one_that_ended(tmp_path: Path) -> None:
    with a_run(tmp_path, planned=3, cells=2) as run:
        assert reported(tmp_path)[::2] == (
            3, f"warning: {tmp_path / 'results.jsonl'}: the run goes on: 2 of 3 cells are recorded\n"
        )  # fmt: skip
        run.close()
        assert how_it_went(tmp_path, 2) == "the run was ended from outside: 2 of 3 cells are recorded"
    with a_run(tmp_path, planned=3, cells=3, left_out=5) as run:
        run.end("complete", 3)
    assert reported(tmp_path) == (0, "3", "")
    assert left_out_of(tmp_path) == 5
    record(tmp_path, LINE)
    assert how_it_went(tmp_path, 1) == "the run was complete: 1 of 3 cells are recorded"


@pytest.mark.parametrize(("error", "how"), [(KeyboardInterrupt, "interrupted"), (OSError, "broken off")])
def test_a_run_that_ends_by_an_exception_says_so_in_the_rest_of_its_record(
    tmp_path: Path, error: type[BaseException], how: str
) -> None:
    with pytest.raises(error), a_run(tmp_path, planned=3, cells=1):
        raise error
    assert reported(tmp_path)[::2] == (
        3, f"warning: {tmp_path / 'results.jsonl'}: the run was {how}: 1 of 3 cells are recorded\n"
    )  # fmt: skip


def test_a_torn_record_is_shown_with_a_warning(tmp_path: Path) -> None:
    """Without a manifest too, as of a record that was copied away; what passed does not make the run a success."""
    record(tmp_path, LINE * 2 + LINE[:100])
    status, cells, warnings = reported(tmp_path)
    assert (status, cells) == (3, "2")
    assert warnings == f"warning: {tmp_path / 'results.jsonl'}: its last line is cut off: that cell is lost\n"


def test_a_torn_record_of_a_service_that_broke_a_requirement_says_that(tmp_path: Path) -> None:
    record(tmp_path, json.dumps({**CELL, "verdict": "failed"}) + "\n" + LINE[:100])
    assert reported(tmp_path)[0] == 1


def test_a_record_without_cells_is_refused(tmp_path: Path) -> None:
    done = idp_harness("report", record(tmp_path, ""), folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"idp-harness: {tmp_path / 'results.jsonl'} holds no cell\n")


def test_a_manifest_of_somebody_else_says_nothing_of_the_record(tmp_path: Path) -> None:
    record(tmp_path, LINE)
    for text in ("mine", '{"idp-harness": 1}', '{"idp-harness": "1", "cells": "many"}', "[" * 10_000):
        (tmp_path / "manifest.jsonl").write_text(text)
        assert how_it_went(tmp_path, 1) == ""


def test_looking_at_a_record_keeps_no_run_away(tmp_path: Path) -> None:
    """`report` asks whether the run goes on, and holds nothing afterwards."""
    with a_run(tmp_path, planned=1, cells=1) as run:
        run.end("complete", 1)
    how_it_went(tmp_path, 1)
    with (tmp_path / "manifest.jsonl").open() as manifest:
        fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
