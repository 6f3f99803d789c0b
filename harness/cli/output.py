"""A file that an option names and a command writes at its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError, UsageError
from harness.shown.foreign_text import foreign
from mock_idp.tools.input_file import InputFileError, parse_json
from mock_idp.tools.output_file import OutputFileError, check_output, write_output


class OutputFile:
    """The file of an option, looked at before the work begins; `is_ours` tells one of an earlier run by its content.

    Raises `UsageError` for a file that is something else, and where none can be written.
    """

    def __init__(self, file: Path, is_ours: Callable[[bytes], bool]) -> None:
        self._file, self._is_ours = file, is_ours
        self._do(lambda: check_output(file, is_ours))

    def write(self, text: str) -> None:
        """Write it. Raises `HarnessError` when that fails, as on a full disk; an earlier one is then still there."""
        self._do(lambda: write_output(self._file, text.encode(errors="backslashreplace"), self._is_ours))

    @staticmethod
    def _do(action: Callable[[], None]) -> None:
        try:
            action()
        except OutputFileError as error:
            raise (UsageError if error.is_refused else HarnessError)(str(foreign(error))) from error


def document_with(*members: str) -> Callable[[bytes], bool]:
    """Tells a JSON document of ours: an object that has these members."""

    def is_ours(data: bytes) -> bool:
        try:
            document = parse_json(data)
        except InputFileError:
            return False
        return isinstance(document, dict) and set(members) <= document.keys()

    return is_ours


def json_text(document: Mapping[str, Any]) -> str:
    """A document as the commands write it."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
