"""The scripts of a run as files, and single cells as what is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.base.errors import UsageError
from harness.base.verdicts import FAILED, PASSED, CellResult
from harness.declared.profile import find_profile, load_profile
from harness.report.folder import ReportFolder
from harness.report.scripts import script_name
from harness.scenario.loader import load_all
from harness.scenario.plan import keep_cells, plan, select

CELL = "kid/selection/kid-unknown[okta]"


def result(cell: str, verdict: str, script: list[str]) -> CellResult:
    evidence = {"script": script} if script else {}
    return CellResult(
        cell, cell, "T", "", "okta", "x", {}, verdict, "must", "high", "R", "reject", "200", evidence=evidence
    )


def write(results: list[CellResult], folder: Path) -> dict[str, str]:
    """The scripts of one run, as its `ReportFolder` writes them."""
    with ReportFolder(folder, target="x", cells=len(results)) as taken:
        return taken.write_scripts(results)


def test_each_result_with_a_script_gets_a_file_that_can_be_run(tmp_path: Path) -> None:
    failed = result(CELL, FAILED, ["#!/usr/bin/env bash", "true"])
    name = script_name(failed)
    assert write([failed, result("a/b/c-d[okta]", PASSED, [])], tmp_path) == {CELL: f"scripts/{name}"}
    [file] = (tmp_path / "scripts").iterdir()
    assert file.name == name == "kid-selection-kid-unknown-okta.sh"
    assert os.access(file, os.X_OK)
    assert file.read_text().splitlines() == [
        "#!/usr/bin/env bash",
        f"# '{CELL}'",
        "# expected reject",
        "# actual   200",
        "true",
    ]


def test_scripts_of_an_earlier_run_go(tmp_path: Path) -> None:
    write([result(CELL, FAILED, ["#!/usr/bin/env bash"])], tmp_path)
    assert write([], tmp_path) == {}
    assert not (tmp_path / "scripts").exists()


def kept(*prefixes: str) -> list[str]:
    profile = load_profile(find_profile("reference"))
    planned = plan(select(load_all(), prefixes), profile, "reference", named=prefixes)
    return sorted(one.cell.id for one in keep_cells(planned, prefixes))


def test_the_id_of_a_cell_chooses_that_cell() -> None:
    assert kept(CELL) == [CELL]


def test_ids_of_cells_and_of_scenarios_add_up() -> None:
    chosen = kept(CELL, "time/leeway")
    assert CELL in chosen
    assert len([cell for cell in chosen if cell.startswith("time/leeway")]) > 3
    assert len([cell for cell in chosen if cell.startswith("kid/")]) == 1


def test_a_cell_that_does_not_exist_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"there is no cell .*oktta.*did you mean .*okta"):
        kept("kid/selection/kid-unknown[oktta]")
