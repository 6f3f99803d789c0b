"""Pages of tables: the kill matrix of `mutants`, and what is known of verifiers."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_call import idp_harness
from click.testing import CliRunner
from report_cells import HOSTILE, cell, failed
from report_pages import Elements, page_data

from examples.__main__ import main
from harness.base.verdicts import CellResult
from harness.mutants.kill_matrix import KillMatrix, ScenarioRow
from harness.mutants.mutant_run import KILLED, SURVIVED, MutantResult
from harness.report.page.html import is_page
from harness.report.page.kills import kills_page
from harness.report.page.tables import Table, tables_page

META = {"version": "1.0", "started": "2026-01-02T03:04:05+00:00", "duration_s": 1.5}


def mutant(name: str, verdict: str, **more: object) -> MutantResult:
    """One that was tried on two cells."""
    one = MutantResult(name, "It is so.", "ClaimsChecker", "check_expiry", "CVE-1", "", ["a/b/c"], verdict)
    one.cells_run, one.duration_s = 2, 0.123
    for key, value in more.items():
        setattr(one, key, value)
    return one


def matrix(*mutants: MutantResult, baseline: list[CellResult] | None = None) -> KillMatrix:
    return KillMatrix(mutants, baseline, [ScenarioRow("a/b/c", ["m-a"], ["m-a"], False, 3)], len(mutants), False)


def test_the_kill_matrix_shows_first_what_survived() -> None:
    """Then the others by name, each with what caught it; parts are counted."""
    data = page_data(kills_page(matrix(mutant("m-a", KILLED, killers=["a/b/c[okta]"]), mutant("m-z", SURVIVED)), META))
    parts, faults, scenarios = data["tables"]
    assert parts["rows"] == [["ClaimsChecker", 2, 1, 1, 0, 0, 0]]
    assert [row[:2] for row in faults["rows"]] == [["m-z", "survived"], ["m-a", "killed"]]
    assert faults["rows"][1][4:] == ["ClaimsChecker.check_expiry", ["a/b/c[okta]"], 2, 0.12]
    assert scenarios["rows"] == [["a/b/c", ["m-a"], ["m-a"], 3]]


@pytest.mark.parametrize(
    ("mutants", "baseline", "said"),
    [
        ([mutant("m-a", KILLED)], [cell()], "Every fault is caught"),
        ([mutant("m-a", KILLED), mutant("m-b", SURVIVED)], None, "Not every fault is caught"),
        ([mutant("m-a", KILLED)], [failed()], "The reference without a fault fails"),
        ([mutant("m-a", "undecided")], None, "Not judged to the end"),
    ],
)
def test_a_matrix_in_words(mutants: list[MutantResult], baseline: list[CellResult] | None, said: str) -> None:
    """As its exit status."""
    text = kills_page(matrix(*mutants, baseline=baseline), META)
    assert f">{said}</span>" in text
    assert ("False alarms" in text) == (baseline is not None and baseline[0].verdict == "failed")


def test_no_text_of_a_table_is_markup() -> None:
    """Not even its name."""
    tables = [
        Table(HOSTILE, [HOSTILE, "verdict"], [[HOSTILE, HOSTILE], [{"text": HOSTILE, "url": HOSTILE}, "x"]], HOSTILE)
    ]
    plain = tables_page("a", "b", [Table("a", ["b"], [["c"]])], about="d", verdict=("e", "passed"))
    hostile = tables_page(HOSTILE, HOSTILE, tables, about=HOSTILE, verdict=(HOSTILE, HOSTILE))
    assert Elements(hostile).tags == Elements(plain).tags
    assert page_data(hostile)["tables"][0]["rows"][0] == [HOSTILE, HOSTILE]


def test_mutants_writes_its_page(tmp_path: Path) -> None:
    """And over nobody's file: that is said before anything runs."""
    arguments = ("mutants", "m-no-exp-check", "--no-baseline", "-n", "0", "--html", "kills.html")
    done = idp_harness(*arguments, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = page_data((tmp_path / "kills.html").read_text())["tables"][1]["rows"]
    assert row[:2] == ["m-no-exp-check", "killed"]
    (tmp_path / "kills.html").write_text("mine")
    done = idp_harness(*arguments, folder=tmp_path)
    assert (done.returncode, (tmp_path / "kills.html").read_text()) == (2, "mine")


def test_what_is_known_of_verifiers_is_a_page(tmp_path: Path) -> None:
    """Every table of docs/verifiers.md, with links to the libraries and to nothing that is not there."""
    file = tmp_path / "verifiers.html"
    assert CliRunner().invoke(main, ["page", str(file)]).exit_code == 0
    assert is_page(file.read_bytes())
    tables = {table["title"]: table for table in page_data(file.read_text())["tables"]}
    assert len(tables) == 6
    (row,) = (row for row in tables["Verdicts"]["rows"] if row[0] == "node-jose")
    assert row[1]["text"].startswith("jose ")
    assert all(one["url"].startswith("https://") for one in row if isinstance(one, dict))
    assert isinstance(row[2], int)
    file.write_text("mine")
    assert CliRunner().invoke(main, ["page", str(file)]).exit_code == 2
