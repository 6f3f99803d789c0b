"""Cargo, as the user has it: with their registry, proxies and settings."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from harness.base.errors import TargetError
from harness.base.own_environment import own_environment
from harness.shown.foreign_text import foreign, lines_of

_FETCH_SECONDS = 300.0
_WORDS = 8
INSTALL_RUST = "install Rust (https://rustup.rs)"


def cargo_home() -> Path:
    """Where cargo keeps what it has fetched (The Cargo Book, "Cargo Home").

    Raises `TargetError` for a user without a home.
    """
    try:
        return Path(os.environ.get("CARGO_HOME") or "~/.cargo").expanduser()
    except RuntimeError as error:
        raise TargetError("this user has no home; set CARGO_HOME to where cargo may keep what it fetches") from error


def find_cargo() -> str | None:
    """The program, also where rustup has just put it and no shell knows it yet; `None` without one.

    Raises `TargetError` for a user without a home.
    """
    return shutil.which("cargo") or shutil.which("cargo", path=str(cargo_home() / "bin"))


def needed_cargo() -> str:
    """The program. Raises `TargetError` without one."""
    cargo = find_cargo()
    if cargo is None:
        raise TargetError(f"cargo is not on the PATH; {INSTALL_RUST}")
    return cargo


def crate_folder(name: str, version: str) -> Path:
    """The unpacked source of a crate; `cargo info` fetches it, checked against the registry's index, without building.

    Raises `TargetError` when it can't be had.
    """
    if found := _unpacked(name, version):
        return found
    line = [needed_cargo(), "info", "--quiet", "--color", "never", f"{name}@{version}"]
    # At the root, so that no project of the user's has a say.
    try:
        done = subprocess.run(
            line, cwd="/", env=own_environment(), capture_output=True, check=False, timeout=_FETCH_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TargetError(f"the crate {name} {version} can't be fetched: {foreign(error)}") from error
    if found := _unpacked(name, version):
        return found
    said = last_words(done.stderr)
    raise TargetError(
        f"the crate {name} {version} can't be fetched with `cargo info`, which cargo has since 1.82: {said}"
    )


def last_words(said: bytes) -> str:
    """The end of what a program has said, as it can be shown."""
    return " / ".join(lines_of(said, _WORDS)) or "it said nothing"


def _unpacked(name: str, version: str) -> Path | None:
    # Cargo writes this file last: without it the folder is half unpacked.
    return next((one.parent for one in cargo_home().glob(f"registry/src/*/{name}-{version}/.cargo-ok")), None)
