"""A finding beside what is documented and what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.declared.card_rows import Documented
from harness.declared.quantities import Quantity
from harness.measure.finding import Finding, unmeasured
from harness.measure.reading import Reading, make_reading
from harness.shown.redaction import Secrets

LAG = Quantity("revocation-lag-timer", "a lag", "s", 0.5)


def seconds(parts: Mapping[str, float]) -> float:
    """A refresh interval of two seconds."""
    return 2 * parts.get("refresh", 0) + parts.get("seconds", 0)


def reading(value: Any, documented: Any = None, threshold: Mapping[str, Any] | None = None, bound: str = "") -> Reading:
    said = None if documented is None else Documented(documented, "a page")
    return make_reading(LAG, Finding(value, bound), said, threshold, seconds)


@pytest.mark.parametrize(
    ("value", "documented", "agrees"),
    [
        (2.4, 2, True),
        (2.6, 2, False),
        (2.1, {"refresh": 1}, True),
        ("gone", "gone", True),
        ("gone", "kept", False),
        ("not checked", 60, False),
        (True, 1, False),
        ({"status": 401, "body": {"error": "string"}}, {"status": 401}, True),
        ({"status": 401, "body": {"error": "string"}}, {"status": 401, "body": {"message": "string"}}, False),
        (2.0, None, None),
        (None, 2, None),
    ],
)
def test_it_agrees_within_the_resolution(value: Any, documented: Any, agrees: bool | None) -> None:
    """Of a table only what is documented counts; without either side there is nothing to agree on."""
    assert reading(value, documented).agrees is agrees


def test_a_documented_duration_is_shown_in_seconds() -> None:
    assert reading(2.0, {"refresh": 1, "seconds": 0.5}).documented == 2.5


def test_a_bound_does_not_agree_with_a_number() -> None:
    """At least 5 s may be 50."""
    assert reading(5.0, 5, bound="at least").agrees is False


@pytest.mark.parametrize(
    ("value", "bound", "threshold", "verdict"),
    [
        (2.0, "", {"at_most": 2}, "kept"),
        (2.1, "", {"at_most": 2}, "broken"),
        (2.1, "", {"at_most": {"refresh": 1, "seconds": 0.5}}, "kept"),
        (2.1, "", {"at_least": 2, "at_most": 2}, "broken"),
        (5.0, "at least", {"at_most": 4}, "broken"),
        (5.0, "at least", {"at_most": 6}, "undecided"),
        (5.0, "at least", {"at_least": 4}, "kept"),
        (5.0, "at least", {"at_least": 6}, "undecided"),
        (512, "at most", {"at_least": 1024}, "broken"),
        (512, "at most", {"at_least": 256}, "undecided"),
        ("gone", "", {"is": "gone"}, "kept"),
        ("gone", "", {"one_of": ["kept", "dropped"]}, "broken"),
        ("dropped", "", {"one_of": ["kept", "dropped"]}, "kept"),
        ("not checked", "", {"at_most": 60}, "broken"),
        (None, "", {"at_most": 60}, "undecided"),
    ],
)
def test_a_threshold_is_judged(value: Any, bound: str, threshold: dict[str, Any], verdict: str) -> None:
    """With a bound only where the rest can't change the answer."""
    assert reading(value, threshold=threshold, bound=bound).verdict == verdict


def test_without_a_threshold_there_is_no_verdict() -> None:
    assert reading(2.0).verdict == ""


def test_a_row_without_a_value_says_why() -> None:
    """What the target can't do is not measured; what went wrong is an error."""
    finding = unmeasured("no API keys here")
    assert make_reading(LAG, finding, None, None, seconds).status == "not measured"
    assert make_reading(LAG, finding, None, None, seconds, error=True).status == "error"
    assert make_reading(LAG, finding, None, None, seconds).reason == "no API keys here"


def test_what_a_service_says_is_judged_as_it_came_and_shown_in_another_form() -> None:
    """Names and texts are spelt out and cut, and there are no more of them than somebody reads."""
    body = {"\x1b[2J": "\u202e", **{f"n{number}": "string" for number in range(80)}}
    said = {"www_authenticate": "Bearer \x1b[31m", "body": body}
    row = reading({**said, "status": 401, "text": "x" * 1000, "number": 10**400}, said)
    assert row.agrees is True
    shown = row.value
    assert shown["www_authenticate"] == r"Bearer \x1b[31m"
    assert shown["body"][r"\x1b[2J"] == r"\u202e"
    assert (len(shown["body"]), shown["body"]["…"]) == (51, "31 more")
    assert shown["text"] == "x" * 400 + "… (600 more bytes)"
    assert shown["number"] == "(a number of 1329 bits)"


def test_no_secret_stands_on_the_card() -> None:
    secrets = Secrets()
    secrets.add_text("sk-full-5f1c7b0e9a")
    answer = Finding({"status": 401, "www_authenticate": "no key sk-full-5f1c7b0e9a"})
    row = make_reading(LAG, answer, None, None, seconds, secrets=secrets)
    assert row.value["www_authenticate"] == "no key sk-full-…"
    failed = make_reading(
        LAG, unmeasured("got 200 sk-full-5f1c7b0e9a"), None, None, seconds, error=True, secrets=secrets
    )
    assert failed.reason == "got 200 sk-full-…"
