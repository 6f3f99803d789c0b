"""Steps about the counters that the service publishes (Prometheus text exposition format)."""

from __future__ import annotations

from typing import Annotated

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation
from harness.cell.cell_run import CellRun
from harness.cell.metrics_page import MetricsPage, Series, read_metrics
from harness.grammar.kinds import Kind, gives, uses
from harness.grammar.tables import Count
from harness.grammar.toml_source import nearest
from harness.shown.foreign_text import foreign
from harness.shown.shell_words import word
from harness.steps.registry import step
from harness.wire.exchange import Request

Scrape = Annotated[str, uses("scrape-metrics")]
CounterName = Annotated[str, Kind({"x-counter": True})]


@step(needs=("metrics",))
def scrape_metrics(run: CellRun, name: Annotated[str, gives("scrape-metrics")]) -> None:
    """Remembers all series of the profile's metrics paths."""
    run.scrapes[name] = _scrape(run)


@step(needs=("metrics",))
def expect_counter(
    run: CellRun, counter: CounterName, since: Scrape, by: float, labels: dict[str, str | float | bool] | None = None
) -> None:
    """A counter that the profile names has moved by exactly that much since a scrape, summed over the series with
    `labels`.
    """
    counters = run.profile.metrics["counters"]
    if counter not in counters:
        raise HarnessError(f"the profile {run.profile.name!r} names no counter {counter!r}{nearest(counter, counters)}")
    name = counters[counter]
    wanted = {label: str(run.fill(value)) for label, value in (labels or {}).items()}
    paths = " ".join(word(run.base_url() + path) for path in run.profile.metrics["paths"])
    pattern, none = word(name.removesuffix("_total")), word(f"no {name}")
    run.script.steps.look(lambda: f"curl -sS {paths} | grep -e {pattern} || echo {none}")
    before, now = run.scrapes[since].total(name, wanted), _scrape(run).total(name, wanted)
    shown = name + ("{" + ",".join(f'{key}="{value}"' for key, value in wanted.items()) + "}" if wanted else "")
    if now is None:
        raise Deviation(f"{shown} is among the metrics", "there is no such series")
    moved = now - (before or 0.0)
    if moved != by:
        raise Deviation(f"{shown} has moved by {by:g}", f"{moved:g}")


@step(needs=("metrics",))
def expect_series(run: CellRun, since: Scrape, at_most: Count) -> None:
    """There are at most so many new series: nobody outside may make them."""
    new = sorted(_scrape(run).series.keys() - run.scrapes[since].series.keys())
    if len(new) > at_most:
        raise Deviation(
            f"at most {at_most} new series", f"{len(new)}, such as {foreign(new[0][0])}{foreign(dict(new[0][1]))}"
        )


def _scrape(run: CellRun) -> MetricsPage:
    series: dict[Series, float] = {}
    for path in run.profile.metrics["paths"]:
        answer = run.session.send(Request("GET", path))
        if answer.status is None:
            raise HarnessError(f"the metrics at {path} can't be read: {answer.summary()}")
        series.update(read_metrics(answer.body).series)
    return MetricsPage(series)
