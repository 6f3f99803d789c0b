"""What a process of a run found out comes to the one that writes it down as it was."""

from __future__ import annotations

from typing import Any

import execnet
import pytest

RECORD: dict[str, Any] = {
    "claims": {"exp": -(2**53), "nbf": 2**80, "far": -1.5, "text": "\ud800\x00"},
    "times": [-(2**31) - 1],
}


@pytest.mark.parametrize("member", ["idp_cell", "idp_mutant"])
def test_a_record_is_the_same_on_the_other_side(pytestconfig: pytest.Config, member: str) -> None:
    """Numbers below -2**31 broke the whole run off, as a failed case about an old exp had them in its evidence."""
    report = pytest.TestReport("test_x.py::test_x", ("test_x.py", 1, "x"), {}, "failed", "it failed", "call")
    setattr(report, member, RECORD)
    sent = execnet.dumps(pytestconfig.hook.pytest_report_to_serializable(config=pytestconfig, report=report))
    came = pytestconfig.hook.pytest_report_from_serializable(config=pytestconfig, data=execnet.loads(sent))
    assert getattr(came, member) == RECORD
    assert came.longrepr == "it failed"
