"""A report folder: a run removes and overwrites what runs have made there, and nothing of anybody else."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from cli_call import idp_harness
from scenario_files import write_scenario

from harness.base.errors import UsageError
from harness.base.verdicts import FAILED, CellResult
from harness.report.folder import ReportFolder

CELL = "kid/selection/kid-unknown[okta]"
SCRIPT = "scripts/kid-selection-kid-unknown-okta.sh"
RECORD = CellResult(CELL, CELL, "T", "", "okta", "x", {}, "passed", "must", "high", "R").record()
OUR_JUNIT = '<testsuites><testsuite><testcase classname="test_scenarios" name="a"/></testsuite></testsuites>'
THEIR_JUNIT = OUR_JUNIT.replace("test_scenarios", "tests.test_mine")


def failed(cell: str = CELL, last: str = "true") -> CellResult:
    evidence = {"script": ["#!/usr/bin/env bash", last]}
    return CellResult(cell, cell, "T", "", "okta", "x", {}, FAILED, "must", "high", "R", "a", "b", evidence=evidence)


def judge(folder: Path, *results: CellResult) -> ReportFolder:
    """A run that has ended, with its scripts."""
    with ReportFolder(folder, target="x", cells=len(results)) as taken:
        taken.write_scripts(results)
        taken.end("complete", len(results))
    return taken


def everything(folder: Path) -> dict[str, object]:
    """What is in a folder, byte by byte; of what is no file, what it is."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else stat.S_IFMT(path.lstat().st_mode)
        for path in folder.rglob("*")
    }


def test_a_run_into_a_folder_with_scripts_of_its_owner_leaves_them_alone(tmp_path: Path) -> None:
    """`--report-dir .` in a repository: its `scripts/` is nobody's report."""
    mine = tmp_path / "scripts" / "deeper" / "deploy.sh"
    mine.parent.mkdir(parents=True)
    mine.write_text("echo mine\n")
    (tmp_path / "scripts" / "release.sh").write_text("echo mine too\n")
    write_scenario(tmp_path / "mine", 'styles = ["okta"]\nexpect = [418]\ntoken.times = { exp = -3600 }\n')
    before = everything(tmp_path)
    for _ in range(2):
        done = idp_harness(
            "run",
            "area/",
            "--scenarios",
            "mine",
            "--target",
            "reference",
            "-n",
            "0",
            "--report-dir",
            ".",
            folder=tmp_path,
        )
        assert done.returncode == 1, done.stderr
    after = everything(tmp_path)
    assert {name: after.get(name) for name in before} == before
    assert "scripts holds 2 files that no run has written: left as they are" in done.stdout


def test_a_script_of_the_run_before_goes_and_those_of_its_owner_stay(tmp_path: Path) -> None:
    judge(tmp_path, failed())
    mine = tmp_path / "scripts" / "mine.sh"
    mine.write_text("mine")
    assert judge(tmp_path).left == [f"{mine.parent} holds 1 files that no run has written: left as they are"]
    assert [one.name for one in mine.parent.iterdir()] == ["mine.sh"]


def test_a_script_that_was_changed_stays_and_the_new_one_gets_another_name(tmp_path: Path) -> None:
    judge(tmp_path, failed())
    (tmp_path / SCRIPT).write_text("with notes of mine")
    taken = judge(tmp_path, failed())
    assert taken.left[0] == f"{tmp_path / SCRIPT} was changed since a run wrote it: left as it is"
    assert (tmp_path / SCRIPT).read_text() == "with notes of mine"
    assert (tmp_path / SCRIPT.replace(".sh", "-2.sh")).is_file()


@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "other file"])
def test_what_stands_in_a_scripts_place_by_now_stays(tmp_path: Path, kind: str) -> None:
    """A link to the very same text is nothing that a run has written either."""
    judge(tmp_path, failed())
    script, other = tmp_path / SCRIPT, tmp_path / "other"
    text = script.read_bytes()
    script.unlink()
    if kind == "link":
        other.write_bytes(text)
        script.symlink_to(other)
    elif kind == "folder":
        script.mkdir()
    elif kind == "fifo":
        os.mkfifo(script)
    else:
        script.write_bytes(text + b"# mine")
    before = everything(tmp_path / "scripts")
    assert len(judge(tmp_path).left) == 2
    assert everything(tmp_path / "scripts") == before


def test_a_folder_of_scripts_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """Also where it holds just the files that the manifest names."""
    report, elsewhere = tmp_path / "report", tmp_path / "elsewhere"
    judge(report, failed())
    (report / "scripts").rename(elsewhere)
    (report / "scripts").symlink_to(elsewhere)
    before = everything(elsewhere)
    assert "is no folder of a run" in judge(report).left[0]
    assert everything(elsewhere) == before


@pytest.mark.parametrize("name", ["../victim.sh", "scripts/../../victim.sh", "/victim.sh", "victim.sh", "scripts/"])
def test_a_manifest_names_no_file_elsewhere(tmp_path: Path, name: str) -> None:
    """One that came with somebody's archive removes nothing but scripts."""
    report, victim = tmp_path / "report", tmp_path / "victim.sh"
    victim.write_text("")
    shutil.copytree(tmp_path, report, ignore=lambda *_: ["report"])
    (report / "scripts").mkdir()
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (report / "manifest.jsonl").write_text(f'{{"idp-harness": "1"}}\n{{"file": "{name}", "sha256": "{empty}"}}\n')
    judge(report)
    assert (victim.exists(), (report / "victim.sh").exists(), (report / "scripts").exists()) == (True, True, True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((name, "mine") for name in ("report.html", "summary.md", "results.sarif", "badge.svg")),
        ("results.jsonl", "my results\n"),
        ("results.jsonl", json.dumps(RECORD) + "\nand my notes\n"),
        ("results.jsonl", json.dumps({"id": 1}) + "\n"),
        ("junit.xml", THEIR_JUNIT),
        ("junit.xml", OUR_JUNIT + THEIR_JUNIT),
        ("junit.xml", "my notes"),
        ("manifest.jsonl", '{"mine": true}\n'),
        ("manifest.jsonl", "mine"),
    ],
)
def test_a_file_that_no_run_has_written_is_not_overwritten(tmp_path: Path, name: str, text: str) -> None:
    """The run is refused before anything happens, with what to do."""
    judge(tmp_path, failed())
    (tmp_path / name).write_text(text)
    before = everything(tmp_path)
    with pytest.raises(UsageError, match=f"{name} is .*choose another folder"):
        judge(tmp_path)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", ["results.jsonl", "junit.xml", "manifest.jsonl"])
@pytest.mark.parametrize("kind", ["link", "folder", "fifo"])
def test_what_is_no_file_is_not_overwritten_either(tmp_path: Path, name: str, kind: str) -> None:
    """A FIFO is not waited for."""
    file = tmp_path / name
    make = {"link": lambda: file.symlink_to(tmp_path / "mine"), "folder": file.mkdir, "fifo": lambda: os.mkfifo(file)}
    make[kind]()
    before = everything(tmp_path)
    with pytest.raises(UsageError, match=name):
        judge(tmp_path)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("results.jsonl", ""),
        ("results.jsonl", json.dumps(RECORD) + "\n"),
        ("results.jsonl", json.dumps(RECORD) + "\n" + json.dumps(RECORD)[:40]),
        ("junit.xml", ""),
        ("junit.xml", OUR_JUNIT),
        ("junit.xml", OUR_JUNIT[:70]),
        ("manifest.jsonl", ""),
        ("manifest.jsonl", '{"idp-harness": "1"}\n{"file": "scri'),
    ],
)
def test_what_a_run_has_written_makes_room_also_when_it_was_cut_off(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert judge(tmp_path, failed()).left == []


def test_a_second_run_in_a_folder_is_refused_while_the_first_goes_on(tmp_path: Path) -> None:
    with ReportFolder(tmp_path, target="x", cells=1):
        before = everything(tmp_path)
        with pytest.raises(UsageError, match=r"another run writes to .* choose another folder"):
            ReportFolder(tmp_path, target="x", cells=1)
        assert everything(tmp_path) == before
    judge(tmp_path)


@pytest.mark.parametrize("place", ["/dev/null/out", "/proc/out", "file/out"])
def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"the report folder .* can't be made: .*; choose another"):
        judge(tmp_path / place)


def test_the_manifest_names_what_was_written_and_how_the_run_ended(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text(json.dumps(RECORD) + "\n")
    judge(tmp_path, failed())
    lines = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert (lines[0]["target"], lines[0]["cells"]) == ("x", 1)
    assert [line["file"] for line in lines if "file" in line] == [SCRIPT, "results.jsonl"]
    assert lines[-1] == {"ended": "complete", "cells": 1}
