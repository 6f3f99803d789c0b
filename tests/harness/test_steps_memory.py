"""The memory of a service is read where it has a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.base.verdicts import FAILED, PASSED, CellResult
from harness.cell.environment import Options
from harness.grammar.model import Cell
from harness.matrix.target_runs import TargetRuns
from harness.scenario.loader import load_file

HUNGRY = """
title = "Memory"

[memory-is-bounded]
title = "A key set of 80 MB does not fill the memory"
requirement = "A service bounds what it reads"
level = "must"
severity = "low"
steps = [
  { do = "send" },
  { do = "remember-memory", name = "before" },
  { do = "fault", on = "jwks", kind = "huge", bytes = 80000000, padding = "member" },
  { do = "send", token.header.kid = "nobody-has-this-kid", expect = "survive", answer_within.seconds = 30 },
  { do = "expect-memory", since = "before", at_most_mib = 30 },
]
"""


def judge(folder: Path, *options: tuple[str, str], faults: tuple[str, ...] = ()) -> CellResult:
    file = folder / "house" / "memory.toml"
    file.parent.mkdir()
    file.write_text(HUNGRY, encoding="utf-8")
    [scenario] = load_file(file)
    runs = TargetRuns()
    try:
        run = runs.of(Options(target="reference", target_options=options, faults=faults))
        return run.sessions.run(Cell(scenario, scenario.variants[0], "custom"))
    finally:
        runs.close()


OWN = ("own_process", "true")


@pytest.mark.parametrize(("faults", "verdict"), [((), PASSED), (("m-no-body-limit",), FAILED)])
def test_a_service_that_reads_without_a_limit_grows(tmp_path: Path, faults: tuple[str, ...], verdict: str) -> None:
    result = judge(tmp_path, OWN, faults=faults)
    assert result.verdict == verdict, result.reason
    assert faults == () or result.expected == "at most 30 MiB more memory"
    [fact] = result.evidence["fetches"]
    assert fact["at_most_mib"] == 30


def test_where_memory_can_not_be_read_the_record_says_so(tmp_path: Path) -> None:
    result = judge(tmp_path)
    assert (result.verdict, result.evidence["fetches"]) == (
        PASSED,
        [{"on": "memory", "since": "before", "count": None}],
    )
