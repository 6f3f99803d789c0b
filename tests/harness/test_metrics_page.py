"""Reading what services publish for Prometheus."""

from __future__ import annotations

import math

import pytest

from harness.base.errors import HarnessError
from harness.cell import metrics_page
from harness.cell.metrics_page import read_metrics

PAGE = read_metrics(
    b"""# HELP requests_total Requests
# TYPE requests_total counter
requests_total{method="jwt",result="success"} 3
requests_total{result="failure",method="jwt"} 2 1700000000000
requests_total{method="api_key",result="success",note="a \\"b\\" c"} 1
up 1
broken{ 1
not a sample
huge 1e400x
"""
)


@pytest.mark.parametrize(
    ("labels", "total"),
    [
        ({}, 6),
        ({"method": "jwt"}, 5),
        ({"method": "jwt", "result": "failure"}, 2),
        ({"note": 'a "b" c'}, 1),
        ({"method": "none"}, None),
    ],
)
def test_series_with_the_labels_add_up(labels: dict[str, str], total: float | None) -> None:
    assert PAGE.total("requests_total", labels) == total


def test_a_counter_is_found_with_and_without_total() -> None:
    assert PAGE.total("requests", {"method": "jwt"}) == PAGE.total("requests_total", {"method": "jwt"})


def test_a_series_without_labels_counts() -> None:
    assert PAGE.total("up", {}) == 1


def test_lines_that_are_no_samples_are_passed_over() -> None:
    assert sorted({name for name, _ in PAGE.series}) == ["requests_total", "up"]


@pytest.mark.parametrize(
    ("line", "name", "labels", "value"),
    [
        ('name {x="1"} 5', "name", {"x": "1"}, 5),
        ('name{x="1"}5', "name", {"x": "1"}, 5),
        ('\t name\t{ x = "1" , y = "2" , }\t 5 \t', "name", {"x": "1", "y": "2"}, 5),
        ("name{} 5", "name", {}, 5),
        ("name 5\r", "name", {}, 5),
        ("a:b_c.d 5", "a:b_c.d", {}, 5),
        (r'name{x="a\\b\"c\nd"} 5', "name", {"x": 'a\\b"c\nd'}, 5),
        (r'name{x="\\n"} 5', "name", {"x": "\\n"}, 5),
        ('name{x="a,b=\\"c\\"}{ # 1"} 5', "name", {"x": 'a,b="c"}{ # 1'}, 5),
        ('name{x="\x0b\x0c\x1c\x85\u2028"} 5', "name", {"x": "\x0b\x0c\x1c\x85\u2028"}, 5),
        ('name{x="é"} 5', "name", {"x": "é"}, 5),
        ('{"my.metric", x="1"} 5', "my.metric", {"x": "1"}, 5),
        ('{"my metric"} 5', "my metric", {}, 5),
        ('{x="1", "name"} 5', "name", {"x": "1"}, 5),
        ('name{"a label"="1"} 5', "name", {"a label": "1"}, 5),
        ("name 5 1700000000000", "name", {}, 5),
        ("name 5 -1", "name", {}, 5),
        ("name 5 1700000000.123", "name", {}, 5),
        ('name_bucket{le="1.0"} 5 # {trace_id="x"} 0.5 1700000000.1', "name_bucket", {"le": "1.0"}, 5),
        ("name +Inf", "name", {}, math.inf),
        ("name -inf", "name", {}, -math.inf),
        ("name 1e400", "name", {}, math.inf),
        ("name -1.5e-3", "name", {}, -0.0015),
        ("name .5", "name", {}, 0.5),
        ("name 5.", "name", {}, 5),
    ],
)
def test_every_legal_line_is_read(line: str, name: str, labels: dict[str, str], value: float) -> None:
    """A counter that is there must not be reported as missing."""
    page = read_metrics(f"up 1\n{line}\nup 2\n".encode())
    assert page.series == {("up", ()): 2, (name, tuple(labels.items())): value}


def test_a_value_may_be_no_number() -> None:
    value = read_metrics(b"name NaN").total("name", {})
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize(
    "line",
    [
        *("name", "name{", 'name{x="1"', 'name{x="1" 5', 'name{x="1}', "name{x=1} 5", 'name{="1"} 5', "name} 5"),
        *('name{,x="1"} 5', 'name{x="1",,} 5', 'name{x="1" y="2"} 5', 'name{"other"} 5', '{x="1"} 5', '{"a","b"} 5'),
        "{} 5",
        *("name x", "name 5x", "name 5 x", "name 5 1 2", "name 1_0", "name \u0665", "name 0x5", "name 5e", "name --5"),
        *("5 name", "# name 5", "", " ", "#", 'name{x="\\"} 5', "name{x} 5", "\0", "name\u00a05"),
    ],
)  # fmt: skip
def test_a_broken_line_is_passed_over(line: str) -> None:
    """And nothing but that line."""
    assert read_metrics(f"up 1\n{line}\ndown 2\n".encode()).series == {("up", ()): 1, ("down", ()): 2}


def test_bytes_that_are_no_text_break_only_their_line() -> None:
    assert read_metrics(b'\xff\xfe 1\nup{x="\xff"} 1\n').series == {("up", (("x", "\ufffd"),)): 1}


def test_a_page_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_page, "MAX_SERIES", 1000)
    lines = b"".join(b"a%d 1\n" % number for number in range(1001))
    with pytest.raises(HarnessError, match="more than 1,000 series, the most that are read"):
        read_metrics(lines)
    assert len(read_metrics(lines[:-1].rpartition(b"\n")[0]).series) == 1000
