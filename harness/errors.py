"""Errors that a person can act on: each says what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path

from harness.foreign_text import visible


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
