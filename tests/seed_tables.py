"""The tables of docs/seed-coverage.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from seed_coverage import COLUMNS, FINDING, HOLDS, Statement, documents, statements, untrue
from word_tables import table

_MARKS = {HOLDS: "holds", FINDING: "**finding**"}


def seed_findings() -> str:
    """The sentences that are not true of 0.1.8."""
    return table(("document", "sentence", "where", "what happens instead"), _untrue())


def _untrue() -> Iterator[list[str]]:
    names = documents()
    for one, where in untrue():
        told = dict.fromkeys(where.values())
        by_place = " ".join(f"{column}: {text}" for column, text in where.items())
        why = next(iter(told)) if len(told) == 1 else by_place
        mark = "**Open to everybody.** " if one.leaves_open else ""
        yield [f"{names[one.document]}, {one.section}", one.says, ", ".join(where), mark + _cell(why)]


def seed_open() -> str:
    """The sentences that nothing holds, or not all of."""
    names = documents()
    rows = (
        [f"{names[one.document]}, {one.section}", one.says, ("partly: " if one.is_held else "") + one.open]
        for one in statements()
        if one.open
    )
    return table(("document", "sentence", "why"), rows)


def seed_numbers() -> str:
    """How many there are, in a line."""
    all_of_them = statements()
    counts = Counter("open" if one.open and not one.is_held else "held" for one in all_of_them)
    return (
        f"\n{len(all_of_them)} sentences: {counts['held']} are held by a scenario, a case, a rule or a test, "
        f"{counts['open']} {'is' if counts['open'] == 1 else 'are'} open; "
        f"{len(list(untrue()))} are not true of Tasker 0.1.8.\n\n"
    )


def _of(document: str) -> Callable[[], str]:
    def made() -> str:
        rows = (_row(one) for one in statements() if one.document == document)
        return table(("section", "sentence", *COLUMNS, "held by"), rows)

    return made


def _row(one: Statement) -> list[str]:
    words = [one.verdict(column).word for column in COLUMNS]
    return [one.section, one.says, *(_MARKS.get(word, word) for word in words), _holders(one)]


def _holders(one: Statement) -> str:
    """Scenarios and cases by their last names, which are unique."""
    named = [f"`{name.rpartition('/')[2]}`" for name in (*one.holders["scenarios"], *one.holders["cases"])]
    named += [f"lint `{rule}`" for rule in one.holders["rules"]]
    named += [f"`{test.rpartition('::')[2]}`" for test in one.holders["tests"]]
    return ", ".join(named) or "open"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


TABLES: dict[str, Callable[[], str]] = {
    "seed-findings": seed_findings,
    "seed-open": seed_open,
    "seed-numbers": seed_numbers,
    **{f"seed-{document}": _of(document) for document in documents()},
}
