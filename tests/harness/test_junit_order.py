"""In JUnit, too, a service that stands open comes before all else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

# Cells as JUnit sees them: tests with properties.
CASES = """
import pytest

@pytest.mark.parametrize("severity, verdict", [
    ("low", "failed"), ("catastrophic", "passed"), ("catastrophic", "finding"), ("critical", "failed"),
    ("catastrophic", "failed"),
])
def test_cell(severity, verdict, record_property):
    record_property("verdict", verdict)
    record_property("severity", severity)
"""


def test_the_gravest_cases_come_first_and_the_others_as_they_were(tmp_path: Path) -> None:
    """One that passed isn't among them."""
    (tmp_path / "test_cells.py").write_text(CASES)
    xml = tmp_path / "junit.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    subprocess.run([*command, f"--junitxml={xml}", "test_cells.py"], cwd=tmp_path, check=True, capture_output=True)
    names = [case.get("name") for case in ElementTree.parse(xml).iter("testcase")]
    assert names == [
        "test_cell[catastrophic-finding]",
        "test_cell[catastrophic-failed]",
        "test_cell[low-failed]",
        "test_cell[catastrophic-passed]",
        "test_cell[critical-failed]",
    ]
