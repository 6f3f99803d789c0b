"""A copy of an example with everything that it needs installed, made once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from examples.tool.example import Example
from examples.tool.needs import missing
from harness.base.errors import HarnessError
from harness.crates.cache import cache_folder, made_once

_SECONDS = 3600
_SHOWN_LINES = 40


def prepared(example: Example, say: Callable[[str], None]) -> Path:
    """The folder in which the example's command can be run. Raises `HarnessError` where it can't be prepared here.

    It is another one as soon as a file of the service or a command of `prepare` changes, and older ones stay.
    """
    if lacking := missing(example.needs):
        raise HarnessError(f"{example.name} can't be run here: {'; '.join(lacking)}")
    folder = cache_folder().parent / "examples" / f"{example.name}-{_fingerprint(example)}"

    def make(copy: Path) -> None:
        say(f"preparing {example.name} in {folder}")
        for file in example.service_files():
            target = copy / file.relative_to(example.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        for line in example.prepare:
            _do(example.name, line, copy)

    return made_once(folder, make, waiting=lambda: say(f"waiting for another preparation of {example.name}"))


def _fingerprint(example: Example) -> str:
    content = hashlib.sha256("\n".join(example.prepare).encode())
    for file in example.service_files():
        content.update(f"\0{file.relative_to(example.folder)}\0".encode())
        content.update(file.read_bytes())
    return content.hexdigest()[:16]


def _do(name: str, line: str, folder: Path) -> None:
    """Run one command line there. Raises `HarnessError` with the end of what it said when it fails."""
    try:
        done = subprocess.run(
            shlex.split(line),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HarnessError(f"{name} could not be prepared: {line}: {error}") from error
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-_SHOWN_LINES:])
        raise HarnessError(f"{name} could not be prepared: {line} ended with status {done.returncode}\n{end}")
