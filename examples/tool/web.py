"""The tables of docs/verifiers.md as one HTML file in the look of a report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from examples.tool.page import CONTENTS
from harness.report.page.tables import Table, Value, tables_page

_TITLES: Final[Mapping[str, str]] = {
    "verifiers-verdicts": "Verdicts",
    "verifiers-keys": "When a key is new",
    "verifiers-outage": "When a key goes, and when the provider is down",
    "verifiers-claims": "What must be in a token",
    "verifiers-answers": "How they say no",
    "verifiers-findings": "Findings",
}
_LINK = re.compile(r"\[(.+)\]\((.+)\)")


def verifiers_page() -> str:
    """What is known of all examples."""
    tables = []
    for name, made in CONTENTS.items():
        head, rows = made()
        tables.append(Table(_TITLES[name], head, [[_value(cell) for cell in row] for row in rows]))
    sentence = f"{len(tables[0].rows)} services on verifiers that everybody uses, judged and measured."
    return tables_page("What common verifiers do", sentence, tables)


def _value(cell: str) -> Value:
    """A cell of a table in Markdown: a number, a link that leads out of the repository, or text."""
    if cell.isdecimal():
        return int(cell)
    if link := _LINK.fullmatch(cell):
        return {"text": link[1], "url": link[2]} if link[2].startswith("https://") else link[1]
    return cell
