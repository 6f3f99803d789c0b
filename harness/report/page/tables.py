"""A page of tables in the look of the report: one self-contained file, filtered and sorted where it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from harness.report.page.html import rendered

# `{"text": ..., "url": ...}` is a link, a list stands one below the other. In text, backquotes stand around code.
Value = str | int | float | dict[str, str] | list[str]


@dataclass(frozen=True)
class Table:
    """`words` is a sentence about it. A column `verdict` has the colours of verdicts, and buttons that filter by it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    words: str = ""


def tables_page(
    title: str, sentence: str, tables: Sequence[Table], *, about: str = "", verdict: tuple[str, str] | None = None
) -> str:
    """The tables that have rows as one HTML file. `verdict` is what came out, and the verdict whose colour that has."""
    data = {"tables": [asdict(one) for one in tables if one.rows]}
    return rendered("tables", data, title=title, sentence=sentence, about=about, verdict=verdict)
