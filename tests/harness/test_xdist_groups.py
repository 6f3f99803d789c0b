"""Which process a test goes to, read off its id."""

from __future__ import annotations

import pytest

from harness.pytest_plugins.xdist_groups import without_share


@pytest.mark.parametrize(
    ("nodeid", "reported"),
    [
        ("test_x.py::test_s[kid/topic/a-case[okta]@tasker-worker-1of2]", "test_x.py::test_s[kid/topic/a-case[okta]]"),
        ("test_x.py::test_s[kid/topic/a-case[okta]]", "test_x.py::test_s[kid/topic/a-case[okta]]"),
        ("test_x.py::test_mail[a@example-1of2]", "test_x.py::test_mail[a@example-1of2]"),
    ],
    ids=["share", "none", "not-a-cell"],
)
def test_only_a_cells_share_is_left_out_of_reports(nodeid: str, reported: str) -> None:
    assert without_share(nodeid) == reported
