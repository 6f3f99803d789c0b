"""Whether the programs that an example needs are on this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable

_NEED = re.compile(r"([\w.+-]+?)(?:>=([\d.]+))?")
# How a program is asked for its version, where `--version` isn't the way.
_ASKED = {"go": ["version"], "java": ["-version"]}
_SECONDS = 60


def missing(needs: Iterable[str]) -> list[str]:
    """What is lacking, a sentence each; `node>=20` wants that program in this version or a later one."""
    return [said for need in needs if (said := _lacking(need))]


def _lacking(need: str) -> str:
    found = _NEED.fullmatch(need)
    if not found:
        return f"needs has {need!r}, which is neither a program nor PROGRAM>=VERSION"
    name, wanted = found[1], found[2]
    program = shutil.which(name)
    if program is None:
        return f"{name} is not installed"
    if not wanted:
        return ""
    command = [program, *_ASKED.get(name, ["--version"])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    version = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    if version is None:
        return f"{name} does not say its version"
    return "" if _numbers(version[0]) >= _numbers(wanted) else f"{name} is {version[0]}, {wanted} is needed"


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part]
