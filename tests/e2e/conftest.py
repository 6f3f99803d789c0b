"""What a busy machine keeps from being judged is skipped with its reason, up to a bound: it says nothing of anybody."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from harness.base.verdicts import HELD_UP, INCONCLUSIVE
from harness.pytest_plugins.scenario_plugin import RECORD

# In one process, of some 3,000 cells: with more of them the run has judged too little.
MOST_HELD_UP = 60
_HELD_UP = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    record = item.stash.get(RECORD, None)
    if report.when == "call" and report.failed and record and record["verdict"] == INCONCLUSIVE:
        held_up = item.session.stash.get(_HELD_UP, 0) + 1
        if HELD_UP in record["evidence"] and held_up <= MOST_HELD_UP:
            item.session.stash[_HELD_UP] = held_up
            report.outcome, report.longrepr = "skipped", (str(item.path), 0, f"held up: {record['reason']}")
    return report
