"""The rank test of Mann and Whitney with the normal approximation, for samples of more than twenty."""

from __future__ import annotations

import math
from collections.abc import Sequence


def two_sided_p(first: Sequence[float], second: Sequence[float]) -> float:
    """How likely so different samples are when both come from the same distribution; 1.0 for no difference."""
    n, m = len(first), len(second)
    u, ties = _statistic(first, second)
    total = n + m
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def first_is_larger(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether the values of `first` tend to be the larger ones."""
    return _statistic(first, second)[0] > len(first) * len(second) / 2


def _statistic(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """U of `first`, and the sum of t³ - t over the groups of t equal values."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    rank_sum, ties, start = 0.0, 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        same = end - start
        ties += same**3 - same
        rank_sum += sum(which == 0 for _, which in ranked[start:end]) * (start + 1 + end) / 2
        start = end
    return rank_sum - len(first) * (len(first) + 1) / 2, ties
