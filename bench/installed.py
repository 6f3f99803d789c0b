"""Other people's servers, each installed once into a folder outside the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_SECONDS = 300


class NotInstalledError(Exception):
    """A package that is not to be had here; the text says why, in one line."""


def cache_folder() -> Path:
    """Where installed servers stay between runs: `idp-harness-bench` in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "idp-harness-bench"


def npm_package(name: str, version: str) -> Path:
    """The folder of an npm package. Raises NotInstalledError without npm, or when npm fails."""
    npm = _program("npm")
    folder = cache_folder() / f"{name}-{version}"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    once(folder, [npm, "install", *options, f"--prefix={folder}", f"{name}@{version}"])
    return folder / "node_modules" / name


def pip_package(name: str, version: str) -> Path:
    """The folder with the commands of a Python package, in an environment of its own. Raises NotInstalledError."""
    folder = cache_folder() / f"{name}-{version}"
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    make = [sys.executable, "-m", "venv", str(folder)]
    once(folder, make, [str(commands / "python"), "-m", "pip", "install", "--quiet", f"{name}=={version}"])
    return commands


def node_version() -> str:
    """What `node --version` says. Raises NotInstalledError without Node."""
    done = subprocess.run([_program("node"), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotInstalledError(f"there is no {name} on the PATH")
    return found


def once(folder: Path, *commands: list[str]) -> None:
    """Run the commands that fill a folder, unless they all went well before."""
    finished = folder / ".finished"
    if finished.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            raise NotInstalledError(f"{Path(command[0]).name} took more than {_SECONDS} s") from None
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
            raise NotInstalledError(f"{Path(command[0]).name} ended with {done.returncode}: {last[:200]}")
    finished.touch()
