"""Steps about the counters that the service publishes (Prometheus text exposition format)."""

from __future__ import annotations

from harness.cell_run import CellRun
from harness.errors import HarnessError
from harness.foreign_text import foreign
from harness.metrics_page import MetricsPage, Series, read_metrics
from harness.model import Table
from harness.shell_words import word
from harness.toml_source import nearest
from harness.verdicts import Deviation
from harness.wire import Request


def scrape_metrics(run: CellRun, name: str) -> None:
    """Read all series, to compare with later."""
    run.scrapes[name] = _scrape(run)


def expect_counter(run: CellRun, counter: str, since: str, by: float, labels: Table | None = None) -> None:
    """A documented counter must have moved by exactly this since a scrape, summed over the series with `labels`."""
    counters = run.profile.metrics["counters"]
    if counter not in counters:
        raise HarnessError(f"the profile {run.profile.name!r} names no counter {counter!r}{nearest(counter, counters)}")
    name = counters[counter]
    wanted = {label: str(run.fill(value)) for label, value in (labels or {}).items()}
    paths = " ".join(word(run.base_url() + path) for path in run.profile.metrics["paths"])
    pattern, none = word(name.removesuffix("_total")), word(f"no {name}")
    run.journal.look(lambda: f"curl -sS {paths} | grep -e {pattern} || echo {none}")
    before, now = run.scrapes[since].total(name, wanted), _scrape(run).total(name, wanted)
    shown = name + ("{" + ",".join(f'{key}="{value}"' for key, value in wanted.items()) + "}" if wanted else "")
    if now is None:
        raise Deviation(f"{shown} is among the metrics", "there is no such series")
    moved = now - (before or 0.0)
    if moved != by:
        raise Deviation(f"{shown} has moved by {by:g}", f"{moved:g}")


def expect_series(run: CellRun, since: str, at_most: int) -> None:
    """There must be at most so many series more than at a scrape: nobody outside may make new ones."""
    new = sorted(_scrape(run).series.keys() - run.scrapes[since].series.keys())
    if len(new) > at_most:
        raise Deviation(
            f"at most {at_most} new series", f"{len(new)}, such as {foreign(new[0][0])}{foreign(dict(new[0][1]))}"
        )


def _scrape(run: CellRun) -> MetricsPage:
    series: dict[Series, float] = {}
    for path in run.profile.metrics["paths"]:
        series.update(read_metrics(run.session.send(Request("GET", path)).body).series)
    return MetricsPage(series)
