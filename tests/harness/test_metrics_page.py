"""Reading what services publish for Prometheus."""

from __future__ import annotations

import pytest

from harness.metrics_page import read_metrics

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
        ({"note": 'a \\"b\\" c'}, 1),
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
