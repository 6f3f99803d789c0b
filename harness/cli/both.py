"""`--target tasker`: both services of Tasker, judged one after the other, and where they do otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK, EXIT_USAGE
from harness.cli.judging import INTERRUPT_STATUS
from harness.cli.options import target_settings
from harness.grammar.toml_source import nearest
from harness.report.comparison import Comparison
from harness.report.comparison_text import print_comparison
from harness.report.folder import RESULTS
from harness.report.record import read_record
from harness.shown import terminal
from harness.shown.shell_words import word
from harness.targets import TARGETS, MayBeBuilt, make_target

TASKER = "tasker"
SERVICES = ("tasker-worker", "tasker-orchestration")
# What is about one service, so that it can't be about both.
_OF_ONE = ("profile", "base_url", "command", "issuer", "faults", "hold")
_GRAVEST_FIRST = (INTERRUPT_STATUS, EXIT_USAGE, EXIT_COULD_NOT_RUN, EXIT_FAILED, EXIT_OK)


def judge_both(judge: Callable[..., int], params: Mapping[str, Any]) -> int:
    """Call `judge` once for each service, with the parameters of the command; returns the gravest exit status.

    Each has a folder of its own below `report_dir`, and is given those options of the target that it knows. Raises
    `UsageError` for a parameter that is about one service, and `HarnessError` before anything is judged where one of
    the two can't be used here.
    """
    for name in _OF_ONE:
        if params[name]:
            flag = {"faults": "fault"}.get(name, name.replace("_", "-"))
            raise UsageError(f"--{flag} is about one service; name it: --target {' or --target '.join(SERVICES)}")
    options = _options(params["target_option"])
    for name in SERVICES:
        _check(name, options[name])
    statuses = []
    for name in SERVICES:
        terminal.say_in_colour(name, bold=True)
        folder = params["report_dir"] / name
        given = tuple(f"{key}={value}" for key, value in options[name].items())
        statuses.append(judge(**{**params, "target": name, "target_option": given, "report_dir": folder}))
        if statuses[-1] == INTERRUPT_STATUS:
            return INTERRUPT_STATUS
    _compare([params["report_dir"] / name / RESULTS for name in SERVICES])
    return next(status for status in _GRAVEST_FIRST if status in statuses)


def _options(given: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The options of each service; one that both know is for both."""
    settings = [(key.replace("-", "_"), value) for key, value in target_settings(None, None, given)]
    known = {option for name in SERVICES for option in TARGETS[name].options}
    for key, _ in settings:
        if key not in known or key == "port":
            raise UsageError(f"target {TASKER} has no option {key!r}{nearest(key, known - {'port'})}")
    return {name: {key: value for key, value in settings if key in TARGETS[name].options} for name in SERVICES}


def _check(name: str, options: Mapping[str, str]) -> None:
    runner = make_target(name, options)
    if isinstance(runner, MayBeBuilt):
        runner.build(terminal.say)
    if reason := runner.available():
        raise HarnessError(f"the target {name} can't be used here: {reason}")


def _compare(records: list[Path]) -> None:
    """Print where the two do otherwise, and what shows it; nothing where one of them has judged nothing."""
    first, second = (read_record(file).results if file.is_file() else [] for file in records)
    if first and second:
        terminal.say_in_colour(" and ".join(SERVICES), bold=True)
        print_comparison(terminal.console(), Comparison(first, second), names=SERVICES)
        one, other = (word(str(file.parent)) for file in records)
        terminal.say(f"both in one page: idp-harness report {one} --beside {other} --open")
