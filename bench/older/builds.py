"""The builds that are measured side by side: this checkout, and an older commit of it in an environment of its own."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from bench.installed import NotInstalledError, cache_folder, once

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Build:
    """A checkout with the interpreter of an environment that its packages are installed in."""

    name: str
    folder: Path
    python: Path

    def program(self, name: str) -> str:
        """A program that this build has installed: `idp-harness`, `mock-idp`, `pytest`."""
        return str(self.python.parent / name)


def this_build() -> Build:
    """The checkout that this file stands in."""
    return Build("now", ROOT, Path(sys.executable))


def older_build(commit: str) -> Build:
    """The tree of a commit, taken out of git into the user's cache folder and installed there once.

    Raises NotInstalledError where git doesn't know the commit, or pip fails.
    """
    done = _git("rev-parse", "--short=12", "--verify", f"{commit}^{{commit}}")
    if done.returncode:
        raise NotInstalledError(f"git knows no commit {commit!r} in {ROOT}")
    number = done.stdout.decode().strip()
    folder = cache_folder() / f"build-{number}"
    tree, python = folder / "tree", folder / "env" / "bin" / "python"
    if not tree.exists():
        tree.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(_git("archive", number).stdout)) as archive:
            archive.extractall(tree, filter="data")
    once(
        folder,
        [sys.executable, "-m", "venv", str(folder / "env")],
        [str(python), "-m", "pip", "install", "--quiet", "--editable", f"{tree}[dev,tasker]"],
    )
    return Build(number, tree, python)


def _git(*args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True)
