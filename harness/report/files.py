"""The files that are made from a record, when a run has ended or later: what each is called and holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness.base.verdicts import CellResult
from harness.report.page.beside import Beside
from harness.report.page.document import About
from harness.report.page.html import is_page, page_of
from harness.report.pipeline.badge import badge_of, is_badge
from harness.report.pipeline.junit import is_junit, junit_of
from harness.report.pipeline.markdown import is_markdown, markdown_of
from harness.report.pipeline.sarif import is_sarif, sarif_of, sarif_text


@dataclass(frozen=True)
class Run:
    """What the files are made from: a run's results, and what is known of it beside them.

    `record` is the file that holds the results; `scripts` are the files of scripts by the ids of their cells;
    `problems` are sentences about what went wrong beside the cells. `beside` is another record that the page compares
    with, `card` the service's behaviour card.
    """

    results: Sequence[CellResult]
    about: About
    record: Path
    scripts: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()
    beside: Beside | None = None
    card: Mapping[str, Any] | None = None


class ReportFile(NamedTuple):
    """A file in the folder of a run. `is_ours` tells one that a run has written by its content."""

    name: str
    is_ours: Callable[[bytes], bool]
    made: Callable[[Run], str]


def _page(run: Run) -> str:
    return page_of(run.results, run.about, run.scripts, run.beside, run.card)


def _junit(run: Run) -> str:
    note = [run.about.note] if run.about.note else []
    return junit_of(run.results, [*note, *run.problems], strict=run.about.strict, started=run.about.started)


def _markdown(run: Run) -> str:
    return markdown_of(run.results, run.about)


def _sarif(run: Run) -> str:
    place = Path(run.about.profile) if run.about.profile else run.record
    return sarif_text(sarif_of(run.results, run.about, place))


def _badge(run: Run) -> str:
    return badge_of(run.results, run.about)


PAGE: Final = ReportFile("report.html", is_page, _page)
JUNIT: Final = ReportFile("junit.xml", is_junit, _junit)
MARKDOWN: Final = ReportFile("summary.md", is_markdown, _markdown)
SARIF: Final = ReportFile("results.sarif", is_sarif, _sarif)
BADGE: Final = ReportFile("badge.svg", is_badge, _badge)
FILES: Final = (PAGE, JUNIT, MARKDOWN, SARIF, BADGE)
