"""What an experiment is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.measure.finding import Findings
from harness.measure.lab import Lab


@dataclass(frozen=True)
class Experiment:
    """Finds the rows `quantities` out by `run`, with services of its own out of the lab.

    `needs` are capabilities that the target's profile must have. `seconds` is its deadline. `timed` experiments
    read the clock or send crowds: they run first, while the others, which cost processor time, wait.
    """

    quantities: tuple[str, ...]
    run: Callable[[Lab], Findings]
    needs: tuple[str, ...] = ("jwks",)
    seconds: float = 30.0
    timed: bool = False
