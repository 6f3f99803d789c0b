"""Files that are written where somebody said: what a program has not written itself is never written over."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mock_idp.tools.input_file import InputFileError, read_bytes

_MOST_BYTES = 64 * 1024 * 1024


class OutputFileError(Exception):
    """A file can't be written. The text says why; `is_refused` when another name is what helps."""

    def __init__(self, sentence: str, *, is_refused: bool) -> None:
        super().__init__(sentence)
        self.is_refused = is_refused


def check_output(file: Path, is_ours: Callable[[bytes], bool]) -> None:
    """See before the work that it can be kept: the folder is there, and no file of somebody else.

    An empty file is nobody's. Raises `OutputFileError`.
    """
    if not file.parent.is_dir():
        raise OutputFileError(f"there is no folder {file.parent} to write {file.name} to", is_refused=True)
    if not os.access(file.parent, os.W_OK):
        raise OutputFileError(f"nothing can be written to the folder {file.parent}", is_refused=True)
    try:
        about = file.stat()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise OutputFileError(f"{file} can't be written: {error}", is_refused=True) from error
    if not stat.S_ISREG(about.st_mode):
        raise OutputFileError(f"{file} is no regular file; choose another name", is_refused=True)
    try:
        fits = about.st_size == 0 or is_ours(read_bytes(file, _MOST_BYTES))
    except InputFileError:
        fits = False
    if not fits:
        raise OutputFileError(
            f"{file} is there and holds something else: move it away or choose another name", is_refused=True
        )


def write_output(file: Path, data: bytes, is_ours: Callable[[bytes], bool]) -> None:
    """Write the file as a whole: whoever reads it, and a full disk, find the one before or this one, never half of it.

    Raises `OutputFileError`.
    """
    check_output(file, is_ours)
    place = file.resolve()  # A link stays one.
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            draft.replace(place)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    except OSError as error:
        raise OutputFileError(f"{file} can't be written: {error.strerror}", is_refused=False) from error
