"""`idp-harness measure`: what it prints, writes and returns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_call import idp_harness

from harness.base.bundled import bundled_directory
from harness.declared.quantities import QUANTITIES
from harness.measure.reading import Reading

QUICK = ("measure", "--target", "reference", "--only", "exp-leeway")
FIELDS = set(Reading.__dataclass_fields__)


def with_thresholds(folder: Path, lines: str) -> Path:
    """The reference's profile with thresholds."""
    text = (bundled_directory() / "profiles" / "reference.toml").read_text(encoding="utf-8")
    file = folder / "strict.toml"
    file.write_text(f"{text}\n[thresholds]\n{lines}\n", encoding="utf-8")
    return file


def test_the_documented_value_stands_beside_the_measured_one(tmp_path: Path) -> None:
    done = idp_harness(*QUICK, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("exp-leeway"))
    assert line.split()[1:] in (
        ["60", "s", "[1]", "=", "59", "s", "±", "1"],
        ["60", "s", "[1]", "=", "60", "s", "±", "1"],
    )
    assert "[1] Settings of the reference service, leeway_seconds" in done.stdout


def test_the_card_is_written_as_json(tmp_path: Path) -> None:
    """All fields of each row, and how the service was configured."""
    done = idp_harness(*QUICK, "--json", "card.json", "--style", "okta", folder=tmp_path)
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stderr
    assert (card["version"], card["target"], card["style"], card["refresh_seconds"]) == (1, "reference", "okta", 2)
    [row] = card["readings"]
    assert set(row) == FIELDS
    assert (row["name"], row["unit"], row["documented"], row["agrees"]) == ("exp-leeway", "s", 60, True)


def test_a_difference_from_an_earlier_card_is_exit_status_1(tmp_path: Path) -> None:
    """The same service agrees with itself; with a fault it does not."""
    idp_harness(*QUICK, "--json", "card.json", folder=tmp_path)
    again = idp_harness(*QUICK, "--compare", "card.json", folder=tmp_path)
    assert (again.returncode, "as in card.json" in again.stdout) == (0, True), again.stdout
    other = idp_harness(*QUICK, "--compare", "card.json", "--fault", "m-leeway-24h", folder=tmp_path)
    assert other.returncode == 1
    assert "differs exp-leeway: 59 s before, 86,399 s now" in other.stdout


@pytest.mark.parametrize(("most", "status"), [(60, 0), (10, 1)])
def test_a_broken_threshold_is_exit_status_1(tmp_path: Path, most: int, status: int) -> None:
    profile = with_thresholds(tmp_path, f"exp-leeway = {{ at_most = {most} }}")
    done = idp_harness(*QUICK, "--profile", profile, folder=tmp_path)
    assert done.returncode == status, done.stdout
    assert ("asked for: at_most 10 s" in done.stdout) is (status == 1)


def test_what_could_not_be_measured_is_exit_status_3(tmp_path: Path) -> None:
    """A service that accepts nobody."""
    profile = with_thresholds(tmp_path, "")
    profile.write_text(profile.read_text().replace('permission = "tasks:list"', 'permission = "dlq:read"'))
    done = idp_harness(*QUICK, "--profile", profile, folder=tmp_path)
    assert (done.returncode, "error: exp-leeway: the plain token must be accepted" in done.stdout) == (3, True)


def test_an_unknown_row_is_exit_status_2(tmp_path: Path) -> None:
    done = idp_harness("measure", "--only", "exp-leway", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'exp-leeway'?" in done.stderr


def test_the_rows_are_listed_without_a_measurement(tmp_path: Path) -> None:
    done = idp_harness("measure", "--list", folder=tmp_path)
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(QUANTITIES)


def test_a_file_that_is_no_card_is_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text("{}")
    done = idp_harness(*QUICK, "--compare", "card.json", folder=tmp_path)
    assert (done.returncode, "card.json is no behaviour card" in done.stderr) == (2, True)
