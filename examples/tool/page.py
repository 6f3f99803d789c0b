"""The tables of docs/verifiers.md, made from what `measured.json` and `expected.toml` of each example say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from examples.tool.example import Example, load_example, names
from examples.tool.findings import findings
from examples.tool.measured import WITHHELD, measured
from harness.measure.reading import MEASURED

# Tables of the page: the rows of the behaviour card that they show, each with the words of its column.
_ROWS: Final[Mapping[str, Mapping[str, str]]] = {
    "verifiers-keys": {
        "start-up-fetch": "first fetch of the keys",
        "pick-up-seconds": "a new key is accepted",
        "coalescing-new-kid": "ten tokens of a new key at once",
        "fetches-unknown-kid": "fetches for an unknown kid",
        "fetches-unknown-kid-crowd": "for twenty unknown kids at once",
        "cool-down": "rest after such a fetch",
    },
    "verifiers-outage": {
        "revocation-lag-timer": "a removed key counts",
        "revocation-forced": "after a forced refresh",
        "stale-window": "known keys outlive the interval, provider down",
        "bad-refresh-500": "after a refresh with 500",
        "bad-refresh-garbage": "with HTML",
        "bad-refresh-empty": "with an empty set",
    },
    "verifiers-claims": {
        "exp-leeway": "leeway of exp",
        "nbf-leeway": "of nbf",
        "iat-leeway": "of iat",
        "required-claims": "claims that must be there",
        "accepted-typ": "accepted typ",
        "minimum-rsa-bits": "smallest RSA key",
    },
    "verifiers-answers": {
        "answer-no-credentials": "no credentials",
        "answer-bad-token": "wrong signature",
        "answer-no-permission": "no permission",
    },
}


# The head of a table, and its rows; in Markdown.
Rows = tuple[Sequence[str], Sequence[Sequence[str]]]


def verdicts() -> Rows:
    """What each is, and how many cells passed, were findings or were left open."""
    kinds = ("passed", "findings", "withheld", "inconclusive", "left open by its documents")
    return ("example", "verifier", *kinds, "line"), [_verdicts(one, data["verdicts"]) for one, data in _known()]


def _verdicts(example: Example, counts: Mapping[str, int]) -> list[str]:
    counted = [
        str(counts.get(verdict, 0)) if counts else "–"
        for verdict in ("passed", "finding", WITHHELD, "inconclusive", "undeclared")
    ]
    library = f"[{example.library} {example.version}]({example.documentation})"
    return [
        f"[{example.name}](../examples/{example.name})",
        library,
        *counted,
        f"`python -m examples run {example.name}`",
    ]


def measured_rows(table: str) -> Rows:
    """The rows of the card that `table` shows, a column for each."""
    columns = _ROWS[table]
    head = ("example", *(f"{words} (`{row}`)" for row, words in columns.items()))
    lines = ((one.name, {row["name"]: row for row in data["readings"]}) for one, data in _known())
    return head, [[name, *(statement(rows.get(row)) for row in columns)] for name, rows in lines]


def statement(reading: Mapping[str, Any] | None) -> str:
    """A coarse reading as a cell of a table says it."""
    if reading is None:
        return "–"
    if reading["status"] != MEASURED:
        return str(reading["status"])
    note = f", {reading['note']}" if "note" in reading else ""
    return f"{_value(reading)}{note}"


def _value(reading: Mapping[str, Any]) -> str:
    value, unit, bound = reading["value"], reading["unit"], reading["bound"]
    if isinstance(value, Mapping):
        return _answer(value)
    if isinstance(value, list):
        return ", ".join(f"`{one}`" if isinstance(one, str) else "none" for one in value) or "none"
    if isinstance(value, str):
        return value
    if unit == "s" and reading["resolution"] >= 1 and value == 0 and not bound:
        return "at once" if reading["name"] == "pick-up-seconds" else "0 s"
    return f"{bound} {value:g}{f' {unit}' if unit != 'fetches' else ''}".strip()


def _answer(value: Mapping[str, Any]) -> str:
    challenge = f"`{value['challenge']}`" if value.get("challenge") else "no challenge"
    return f"{value.get('status')}, {value.get('content_type') or 'no body'}, {challenge}"


def known_findings() -> Rows:
    """The findings of each example, with one sentence and reason together; of what is withheld, how many cells."""
    rows = [row for example, _ in _known() for row in _findings(example)]
    return ("example", "scenario", "sentence", "what happens"), rows


def _findings(example: Example) -> list[list[str]]:
    alike: dict[tuple[str, str], list[str]] = {}
    for one in findings(example):
        alike.setdefault((one.requirement, one.reason), []).append(f"`{one.scenario}`")
    named = [[example.name, ", ".join(scenarios), *said] for said, scenarios in alike.items()]
    if not (withheld := example.withheld):
        return named
    count = f"{withheld['cells']} {'cell' if withheld['cells'] == 1 else 'cells'}, withheld"
    return [*named, [example.name, count, withheld["sentence"], withheld["words"]]]


def _known() -> list[tuple[Example, dict[str, Any]]]:
    """The examples that were measured, by their language."""
    loaded = sorted(map(load_example, names()), key=lambda one: (one.language, one.name))
    return [(one, data) for one in loaded if (data := measured(one)) is not None]


def markdown(table: Rows) -> str:
    """A table as the page of the documentation has it."""
    head, rows = table
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


# The tables by their names in docs/verifiers.md, the verdicts first.
CONTENTS: Final[Mapping[str, Callable[[], Rows]]] = {
    "verifiers-verdicts": verdicts,
    **{name: lambda name=name: measured_rows(name) for name in _ROWS},  # type: ignore[misc]
    "verifiers-findings": known_findings,
}
TABLES: Final[Mapping[str, Callable[[], str]]] = {
    name: lambda made=made: markdown(made())  # type: ignore[misc]
    for name, made in CONTENTS.items()
}
