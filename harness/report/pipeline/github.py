"""What a run says to GitHub Actions when it runs there: annotations, and its summary on the page of the run.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.base import verdicts
from harness.base.errors import HarnessError
from harness.base.verdicts import CellResult
from harness.report.pipeline.alarms import Alarm, alarms
from harness.shown import terminal

# As many of each kind as a step may have; GitHub drops the others, whichever they are.
MOST_ANNOTATIONS = 10


def is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs as a step of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


@contextmanager
def no_commands(environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Let nothing that is printed inside be taken for a command to GitHub Actions, whoever has written it."""
    if not is_there(environment):
        yield
        return
    word = secrets.token_hex(16)
    terminal.say(f"::stop-commands::{word}")
    try:
        yield
    finally:
        terminal.say(f"::{word}::")


def commands_for(results: Sequence[CellResult], *, strict: bool = False) -> list[str]:
    """The commands: an error for each scenario that isn't as required, a warning for each that is undecided.

    At most `MOST_ANNOTATIONS` of each, the gravest first; the last then says how many are left.
    """
    failed = [
        one
        for one in alarms(results, verdicts.FAILED, verdicts.STALE)
        if any(verdicts.counts_as_failed(cell, strict=strict) for cell in one.cells)
    ]
    return [
        *_each("error", failed),
        *_each("warning", alarms(results, verdicts.ERROR, verdicts.INCONCLUSIVE)),
    ]


def add_to_summary(markdown: str, environment: Mapping[str, str] = os.environ) -> None:
    """Put the text on the page of the run, where this is one. Raises `HarnessError` when it can't be written."""
    file = environment.get("GITHUB_STEP_SUMMARY")
    if not is_there(environment) or not file:
        return
    try:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(f"{markdown}\n")
    except OSError as error:
        raise HarnessError(f"GITHUB_STEP_SUMMARY names {file}, which can't be written: {error.strerror}") from error


def _each(kind: str, found: Sequence[Alarm]) -> Iterator[str]:
    shown = found if len(found) <= MOST_ANNOTATIONS else found[: MOST_ANNOTATIONS - 1]
    for one in shown:
        title = f"{one.scenario} ({one.first.level}, {one.first.severity})"
        yield f"::{kind} title={_property(title)}::{_data(f'{one.first.title}: {one.sentence()}')}"
    if left := len(found) - len(shown):
        yield f"::{kind} title=idp-harness::{left} more scenarios: see the summary"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
