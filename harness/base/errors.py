"""Errors that a person can act on: each says what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path

from harness.shown.foreign_text import ForeignText, lines_of, visible

_LOG_LINES = 40


class HarnessError(Exception):
    """Something keeps the harness from doing its part; the run ends with exit status 3.

    Whatever was quoted in its sentence, it can be shown.
    """

    def __init__(self, sentence: str = "") -> None:
        super().__init__(visible(sentence))


class ScenarioFileError(HarnessError):
    """A scenario, profile or expected-findings file is wrong; the run ends with exit status 2.

    `file` and `line` (1-based) say where; the text is `FILE:LINE: sentence`, which editors can jump to.
    """

    def __init__(self, file: Path, line: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}")
        self.file, self.line, self.sentence = file, line, sentence


class UsageError(HarnessError):
    """The command was called in a way that can't work; the run ends with exit status 2."""


class TargetError(HarnessError):
    """A service could not be started, or a target can't be used here.

    `what` says what went wrong and what to do; `log` is the end of the service's own log ("" when it wrote none).
    """

    def __init__(self, what: str, log: ForeignText | str = "") -> None:
        self.what, self.log = visible(what), log if isinstance(log, ForeignText) else ForeignText(log)
        # Behind a bar, so that no line of a service can be taken for one of ours.
        lines = [f"  | {line}" for line in lines_of(self.log, _LOG_LINES)] if self.log.as_it_came.strip() else []
        super().__init__("\n".join([what, "--- end of the service's log ---", *lines] if lines else [what]))
