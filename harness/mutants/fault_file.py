"""Faults from files of other people: a Python file with classes, each a fault by the decorator `fault`."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from harness.base.errors import UsageError
from harness.shown.foreign_text import foreign
from mock_idp.tools.input_file import InputFileError, read_bytes

# What has been loaded in this process: a run in the command's own process asks a second time.
_LOADED: dict[Path, tuple[str, ...]] = {}


class FaultFileError(UsageError):
    """A file of faults is wrong. `file` and `line` (1-based) say where; the text is `FILE:LINE: sentence`."""

    def __init__(self, file: Path, line: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}")
        self.file, self.line, self.sentence = file, line, sentence


def load_faults(files: Iterable[Path]) -> tuple[str, ...]:
    """Register the faults of the files; returns their names, in the files' order.

    The code of a file runs in this process: load only what you would run yourself, and try it before
    (`harness.mutants.fault_trial`). A file that was loaded before is not run again. Raises `FaultFileError` for the
    first thing that is wrong; the file at fault registers nothing.
    """
    return tuple(name for file in files for name in _load(file))


def is_loaded(file: Path) -> bool:
    """Whether the file was loaded in this process."""
    return file.resolve() in _LOADED


def origin(name: str) -> Path | None:
    """The file that a fault was loaded from; None for those that come with the harness."""
    return next((file for file, names in _LOADED.items() if name in names), None)


def _load(file: Path) -> tuple[str, ...]:
    from harness.reference.faults import FAULTS  # The reference service loads Flask.

    place = file.resolve()
    if place not in _LOADED:
        before = dict(FAULTS)
        try:
            _execute(file)
            names = tuple(name for name in FAULTS if name not in before)
            if not names:
                raise FaultFileError(
                    file, 1, 'the file defines no fault: decorate a subclass of a part with @fault("m-...")'
                )
        except BaseException:
            FAULTS.clear()
            FAULTS.update(before)
            raise
        _LOADED[place] = names
    return _LOADED[place]


def _execute(file: Path) -> None:
    try:
        code = compile(read_bytes(file), str(file), "exec")
    except InputFileError as error:
        raise FaultFileError(file, error.line, str(error)) from error
    except SyntaxError as error:
        raise FaultFileError(file, error.lineno or 1, f"is no Python: {foreign(error.msg)}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # A null byte; thousands of brackets.
        raise FaultFileError(file, 1, f"is no Python: {foreign(error) or type(error).__name__}") from error
    spec = importlib.util.spec_from_loader(f"faults_from_{len(_LOADED)}_{file.stem}", loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(file)
    sys.modules[spec.name] = module  # Dataclasses look themselves up there.
    try:
        exec(code, module.__dict__)
    except BaseException as error:  # Also SystemExit: nobody would notice that nothing was run.
        del sys.modules[spec.name]
        raise FaultFileError(file, _line(error, file), _sentence(error)) from error


def _line(error: BaseException, file: Path) -> int:
    """The last line of the file that ran."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == str(file)), 1)


def _sentence(error: BaseException) -> str:
    """The registry's refusals are sentences; anything else needs its type to be understood."""
    if isinstance(error, SystemExit):
        return f"the file ends the process that loads it (SystemExit: {foreign(error)})"
    return str(foreign(error)) if type(error) is ValueError else f"{type(error).__name__}: {foreign(error)}"
