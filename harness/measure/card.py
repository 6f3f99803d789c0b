"""The card for people: one table, with what is documented beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.measure.reading import BROKEN, ERROR, MEASURED, Reading, is_number
from harness.measure.record import Difference
from harness.shown.terminal import console as make_console
from harness.shown.terminal import indented, words

# Without a terminal the table is that wide, or as the environment says.
NARROWEST = 100
_NAME_WIDTH = 32
_DOCUMENTED_WIDTH = 26
_INDENT = 4
_SINGULAR = {"fetches": "fetch", "keys": "key"}
_VERDICT_COLOURS = {"kept": "green", "broken": "red bold", "undecided": "magenta"}


def card_console() -> Console:
    """Standard output; in a file or a pipe at least so wide that the table can be read."""
    console = make_console()
    if not console.is_terminal and console.width < NARROWEST:
        console.width = NARROWEST
    return console


def print_card(console: Console, readings: Sequence[Reading]) -> None:
    """Print the table; below it the sources of what is documented, and why rows were not measured."""
    sources = list(dict.fromkeys(reading.source for reading in readings if reading.source))
    console.print(card_table(readings, sources))
    console.print()
    for number, source in enumerate(sources, 1):
        console.print(words(f"[{number}] {source}"))
    for reason in dict.fromkeys(one.reason for one in readings if one.status != MEASURED):
        rows = [one for one in readings if one.status != MEASURED and one.reason == reason]
        names = ", ".join(one.name for one in rows)
        console.print(words(f"{rows[0].status}: {names}: {indented(reason, _INDENT)}"))
    for one in readings:
        if one.verdict == BROKEN:
            asked = ", ".join(f"{key} {text_of(value, one.unit)}" for key, value in (one.threshold or {}).items())
            told = indented(f"{text(one)}; asked for: {asked}", _INDENT)
            console.print(words(("broken", "red bold"), f" {one.name}: {told}"))


def print_differences(
    console: Console, file: Path, different: Sequence[Difference], names: tuple[str, str] = ("before", "now")
) -> None:
    """Print the rows that are not as on the earlier card in `file`; `names` are what the two are called."""
    first, second = names
    for name, old, new in different:
        told = indented(f"{recorded_text(old)} {first}, {recorded_text(new)} {second}", _INDENT)
        console.print(words(("differs", "red bold"), f" {name}: {told}"))
    if not different:
        console.print(words(f"as in {file}, within the resolution of each row"))


def recorded_text(row: Mapping[str, Any]) -> str:
    """The measured value of a row of a recorded card in words, or why there is none."""
    return _bounded(row["bound"], row["value"], row["unit"]) if row["status"] == MEASURED else str(row["status"])


def card_table(readings: Sequence[Reading], sources: Sequence[str]) -> Table:
    """One row a reading. `sources` are what the numbers in brackets stand for; ≠: not as documented."""
    judged = any(reading.verdict for reading in readings)
    table = Table(box=None, pad_edge=False)
    table.add_column("measurement", overflow="fold", min_width=_NAME_WIDTH, max_width=_NAME_WIDTH)
    table.add_column("documented", overflow="fold", max_width=_DOCUMENTED_WIDTH)
    table.add_column("", width=1)
    table.add_column("measured", overflow="fold")
    if judged:
        table.add_column("threshold")
    for one in readings:
        colour = "" if one.status == MEASURED else "magenta" if one.status == ERROR else "dim"
        verdict = words((one.verdict, _VERDICT_COLOURS.get(one.verdict, "")))
        cells = [
            words((one.name, "bold"), "\n", (one.what, "dim")),
            _documented(one, sources),
            {None: Text(), True: words(("=", "green")), False: words(("≠", "yellow"))}[one.agrees],
            words((text(one), colour)),
        ]
        table.add_row(*cells, *([verdict] if judged else []))
    return table


def text(reading: Reading) -> str:
    """The measured value in words."""
    if reading.status != MEASURED:
        return reading.status
    measured = _bounded(reading.bound, reading.value, reading.unit)
    if "accepted" in reading.counts and "requests" in reading.counts:
        measured += f", {reading.counts['accepted']} of {reading.counts['requests']} let in"
    if is_number(reading.value) and reading.resolution:
        return f"{measured} ± {_number(reading.resolution)}"
    return measured


def _bounded(bound: str, value: Any, unit: str) -> str:
    return f"{bound} {text_of(value, unit)}".strip()


def text_of(value: Any, unit: str = "") -> str:
    """A value as a person reads it; a number with its unit."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{_number(value)} {_SINGULAR.get(unit, unit) if value == 1 else unit}".strip()
    if isinstance(value, Mapping) and "status" in value:
        return _answer_text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {text_of(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return ", ".join(text_of(item) for item in value) or "(none)"
    return str(value)


def _number(value: float) -> str:
    # Ten thousand and more are easier to read in groups of three.
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"


def _documented(reading: Reading, sources: Sequence[str]) -> Text:
    if not reading.source:
        return words(("not documented", "dim"))
    return words(f"{text_of(reading.documented, reading.unit)} [{sources.index(reading.source) + 1}]")


def _answer_text(answer: Mapping[str, Any]) -> str:
    lines = [str(answer["status"])]
    if answer.get("content_type"):
        lines[0] += f" {answer['content_type']}"
    if "www_authenticate" in answer:
        lines.append(f"WWW-Authenticate: {answer['www_authenticate'] or '(absent)'}")
    if "body" in answer:
        lines.append(text_of(answer["body"]))
    return "\n".join(lines)
