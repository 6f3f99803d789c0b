"""The folder that a run writes to. It removes and overwrites what runs have made there, and nothing else."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import CellResult
from harness.report import record
from harness.report.files import FILES, ReportFile, Run
from harness.report.manifest import BROKEN, HEAD, INTERRUPTED, Manifest, write_whole
from harness.report.page.document import About
from harness.report.scripts import script_name, script_text
from harness.shown.foreign_text import foreign
from mock_idp.tools.output_file import OutputFileError, write_output

RESULTS, SCRIPTS = "results.jsonl", "scripts"
_SCRIPT = re.compile(r"scripts/([a-z0-9-]+\.sh)")
_MOST_SCRIPT_BYTES = 64 * 1024 * 1024


class ReportFolder:
    """The folder `path`, held against other runs until `close`. Taking it removes the scripts of the run before.

    `left_out` are the cells that were not planned because of their vendor's style, `profile` is the file of what the
    service declares, where that is one of the user's: the manifest keeps both. `results` is where this run's record
    goes; `left` are sentences about what was left alone. Raises `UsageError` when another run holds the folder or
    something in it would be overwritten that no run has written, and `HarnessError` when there is no room. Then nothing
    was changed.
    """

    def __init__(self, path: Path, *, target: str, cells: int, left_out: int = 0, profile: str = "") -> None:
        self.path, self.left = path, list[str]()
        self.results = path / RESULTS
        _make(path)
        self._manifest = Manifest(path)
        try:
            _check(self.results, record.is_record)
            for one in FILES:
                _check(path / one.name, _by_content(one))
            self._remove_scripts()
            started = datetime.now(UTC).isoformat(timespec="seconds")
            self._about = About(started, release := version("idp-harness"), left_out=left_out, profile=profile)
            about = {HEAD: release, "started": started, "target": target, "cells": cells}
            more = {"left_out": left_out, "profile": profile}
            self._manifest.begin(**about, **{name: value for name, value in more.items() if value})
        except BaseException:
            self._manifest.give_back()
            raise

    def write_scripts(self, results: Iterable[CellResult]) -> dict[str, str]:
        """Write `scripts/<area>-<topic>-<slug>-<style>-<variant>.sh` for each result that has a script.

        Returns the path of each in the folder by the cell's id. Where a file of that name is there, the new one gets
        another. They work while the run is held (`--hold`): each speaks to the issuer and the service of its own
        cell. Raises `HarnessError` when one can't be written.
        """
        written: dict[str, str] = {}
        for result in results:
            if text := script_text(result):
                if not written:
                    self._make_scripts()
                written[result.id] = self._write(script_name(result), text.encode(errors="backslashreplace"))
        return written

    def write_files(
        self,
        results: Sequence[CellResult],
        scripts: Mapping[str, str],
        *,
        note: str = "",
        problems: Sequence[str] = (),
        strict: bool = False,
    ) -> Run:
        """Write what is made from the record; `note` says what is missing in the run, `problems` what else went wrong.

        Returns what they were made from. Raises `HarnessError` when one can't be written; the others then are.
        """
        run = Run(results, replace(self._about, note=note, strict=strict), self.results, scripts, problems)
        failed = []
        for one in FILES:
            try:
                write_output(self.path / one.name, one.made(run).encode(errors="backslashreplace"), one.is_ours)
            except OutputFileError as error:
                failed.append(str(foreign(error)))
        if failed:
            raise HarnessError("; ".join(failed))
        return run

    def end(self, how: str, cells: int) -> None:
        """Write down that the run is over, how it ended and how many `cells` it has recorded. Raises `HarnessError`."""
        for file in (self.results, *(self.path / one.name for one in FILES)):
            with suppress(FileNotFoundError):
                self._manifest.add(file=file.name, sha256=hashlib.sha256(file.read_bytes()).hexdigest())
        self._manifest.add(ended=how, cells=cells)

    def close(self) -> None:
        """Let the next run have the folder. May be called again."""
        self._manifest.close()

    def __enter__(self) -> ReportFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            with suppress(HarnessError):
                self._manifest.add(ended=INTERRUPTED if issubclass(kind, KeyboardInterrupt) else BROKEN)
        self.close()

    def _make_scripts(self) -> None:
        try:
            (self.path / SCRIPTS).mkdir()
        except FileExistsError:
            return
        except OSError as error:
            raise HarnessError(f"{self.path / SCRIPTS} can't be made: {error.strerror}") from error
        self._manifest.add(folder=SCRIPTS)

    def _write(self, name: str, text: bytes) -> str:
        """Write a script that nobody has yet; returns its path in the folder."""
        stem, number = name.removesuffix(".sh"), 1
        while os.path.lexists(self.path / SCRIPTS / name):
            number += 1
            name = f"{stem}-{number}.sh"
        self._manifest.add(file=f"{SCRIPTS}/{name}", sha256=hashlib.sha256(text).hexdigest())
        file = self.path / SCRIPTS / name
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777)
            try:
                write_whole(descriptor, text)
            except OSError:
                file.unlink()  # Half a script would be run.
                raise
            finally:
                os.close(descriptor)
        except OSError as error:
            raise HarnessError(f"{file} can't be written: {error.strerror}") from error
        return f"{SCRIPTS}/{name}"

    def _remove_scripts(self) -> None:
        """Remove the scripts that the manifest of the run before names, where they are as that run wrote them."""
        listed = {}
        for line in self._manifest.earlier:
            if found := _SCRIPT.fullmatch(str(line.get("file"))):
                listed[found[1]] = str(line.get("sha256"))
        try:
            folder = os.open(self.path / SCRIPTS, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            if listed and error.errno != errno.ENOENT:
                self.left.append(f"{self.path / SCRIPTS} is no folder of a run: left as it is")
            return
        try:
            for name, digest in listed.items():
                self._remove_script(folder, name, digest)
            with os.scandir(folder) as entries:
                others = len(list(entries))
        finally:
            os.close(folder)
        if others:
            self.left.append(f"{self.path / SCRIPTS} holds {others} files that no run has written: left as they are")
        elif any(line.get("folder") == SCRIPTS for line in self._manifest.earlier):
            (self.path / SCRIPTS).rmdir()

    def _remove_script(self, folder: int, name: str, digest: str) -> None:
        found = _digest(name, folder)
        if found == digest:
            os.unlink(name, dir_fd=folder)
        elif found is not None:
            self.left.append(f"{self.path / SCRIPTS / name} was changed since a run wrote it: left as it is")


def _digest(name: str, folder: int) -> str | None:
    """The SHA-256 of a regular file of the folder, empty for anything else that is there; None where nothing is."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError:
        return ""
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MOST_SCRIPT_BYTES:
            return ""
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    finally:
        os.close(descriptor)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence = f"the report folder {folder} can't be made: {error.strerror}"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise HarnessError(sentence) if full else UsageError(f"{sentence}; choose another") from error


def _check(file: Path, is_ours: Callable[[Path], bool]) -> None:
    """Raise `UsageError` unless the file can be overwritten: it is not there, empty, or what a run has written."""
    try:
        about = file.lstat()
        fits = stat.S_ISREG(about.st_mode) and (about.st_size == 0 or is_ours(file))
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}; choose another folder") from error
    if not fits:
        raise UsageError(f"{file} is there and no run has written it: move it away or choose another folder")


def _by_content(one: ReportFile) -> Callable[[Path], bool]:
    return lambda file: one.is_ours(file.read_bytes())
