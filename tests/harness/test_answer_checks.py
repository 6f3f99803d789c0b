"""What an answer must say beside its status."""

from __future__ import annotations

from typing import Any

import pytest

from harness.cell.answer_checks import deviation_of
from harness.wire.exchange import Exchange, Request

ANSWER = Exchange(
    Request("GET", "/"),
    401,
    (("WWW-Authenticate", 'Bearer realm="x", error="invalid_token"'), ("X-Trace", "abc")),
    b'{"message":"Missing key sk-planted"}',
)


@pytest.mark.parametrize(
    "wanted",
    [
        {"headers": {"www-authenticate": True}},
        {"headers": {"X-Other": False}},
        {"headers": {"WWW-Authenticate": {"contains": ["bearer", "INVALID_TOKEN"], "lacks": "scope="}}},
        {"contains": "missing KEY"},
        {"lacks": ["password", ""]},
        {"lacks_secrets": False},
    ],
)
def test_an_answer_that_says_what_it_must_has_no_deviation(wanted: dict[str, Any]) -> None:
    assert deviation_of(ANSWER, wanted, ["sk-planted"]) is None


@pytest.mark.parametrize(
    ("wanted", "expected", "actual"),
    [
        ({"headers": {"X-Other": True}}, "a header X-Other", "without it"),
        ({"headers": {"X-Other": {"lacks": "x"}}}, "a header X-Other", "without it"),
        ({"headers": {"X-Trace": False}}, "no header X-Trace", "X-Trace: abc"),
        ({"headers": {"X-Trace": {"contains": "xyz"}}}, "'xyz' in the answer", "X-Trace: abc"),
        ({"headers": {"X-Trace": {"lacks": "B"}}}, "no 'B' in the answer", "X-Trace: …abc…"),
        ({"contains": ["missing", "present"]}, "'present' in the answer", "Missing key"),
        ({"lacks": "missing KEY"}, "no 'missing KEY' in the answer", "Missing key"),
        ({"lacks": "realm"}, "no 'realm' in the answer", "realm"),
    ],
)
def test_what_is_not_as_wanted_is_named(wanted: dict[str, Any], expected: str, actual: str) -> None:
    problem = deviation_of(ANSWER, wanted)
    assert problem is not None
    assert (problem[0], actual in problem[1]) == (expected, True)


def test_a_planted_secret_is_found_and_not_told() -> None:
    problem = deviation_of(ANSWER, {"lacks_secrets": True}, ["sk-planted"])
    assert problem is not None
    assert "sk-planted" not in " ".join(problem)
