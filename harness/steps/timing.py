"""The step that asks whether the time of an answer gives away how close a guess was."""

from __future__ import annotations

import random
from typing import TypedDict

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation
from harness.cell.cell_run import CellRun
from harness.cell.sent import Prepared
from harness.grammar.mock_words import Token
from harness.grammar.tables import Request, Times
from harness.steps.rank_test import first_is_larger, two_sided_p
from harness.steps.registry import step

# A difference is believed when so many rounds in a row show it in the same direction. One round alone would be
# wrong once in a thousand runs.
_ROUNDS = 3
_SIGNIFICANT = 0.001


def _seconds(run: CellRun, prepared: Prepared) -> float:
    """How long the answer took. Raises `HarnessError` when none came: each of the others might take as long."""
    exchange = run.session.send(prepared.request)
    if exchange.status is None:
        raise HarnessError(f"there are no times to compare: {exchange.summary()}")
    return exchange.seconds


class TimedTable(TypedDict, total=False):
    """A request of which only the time of its answer matters."""

    token: Token
    request: Request


@step(sends=lambda args: [args["first"], args["second"]], compares=True)
def compare_times(run: CellRun, first: TimedTable, second: TimedTable, samples: Times = 500) -> None:
    """Sends two requests (`token`, `request`) in turns, in random order; fails when a rank test finds a difference in
    three rounds in a row.
    """
    # The test is that of Mann and Whitney.
    prepared = [run.prepare(first), run.prepare(second)]
    order = random.Random(samples)
    larger: bool | None = None
    p = 1.0
    for _ in range(_ROUNDS):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(samples):
            for which in order.sample((0, 1), 2):
                times[which].append(_seconds(run, prepared[which]))
        p = two_sided_p(*times)
        is_larger = first_is_larger(*times)
        if p >= _SIGNIFICANT or larger not in (None, is_larger):
            run.counted.append({"on": "time", "count": samples, "p": round(p, 4)})
            return
        larger = is_larger
    slower = "first" if larger else "second"
    raise Deviation(
        "the same time, however much of the guess is right",
        f"the {slower} takes longer in {_ROUNDS} rounds of {samples} (p = {p:.1g} in the last)",
    )
