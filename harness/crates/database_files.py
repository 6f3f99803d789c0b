"""What the database of Tasker's orchestration is made of: its migrations and the queue extension pgmq, both SQL."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import TargetError
from harness.crates.cache import VERSION, cache_folder, is_made, made_once
from harness.crates.cargo import INSTALL_RUST, crate_folder, find_cargo

_MIGRATIONS = ("tasker-shared", VERSION)
# The client library that Tasker names, 0.32, doesn't contain the extension; this one does, and the two get along.
_EXTENSION = ("pgmq", "0.33.7")
_CONTROL = "pgmq.control"


@dataclass(frozen=True)
class DatabaseFiles:
    """`extension`: its control file and script; `migrations`: in the order in which they are applied."""

    extension: tuple[Path, ...]
    migrations: tuple[Path, ...]


def _folder() -> Path:
    return cache_folder() / "database"


def why_no_database_files() -> str | None:
    """Why they can't be had here, as a sentence with what to do; `None` when they are there or can be fetched."""
    if is_made(_folder()) or find_cargo():
        return None
    return (
        f"the migrations of Tasker and the queue extension come from Rust's crate registry, and there is no cargo to "
        f"fetch them (a few seconds, once): {INSTALL_RUST}"
    )


def database_files() -> DatabaseFiles:
    """Those in the cache; fetched the first time, which takes seconds. Raises `TargetError` when they can't be."""
    folder = made_once(_folder(), _collect)
    extension = (folder / _CONTROL, *folder.glob("pgmq--*.sql"))
    return DatabaseFiles(extension, tuple(sorted((folder / "migrations").iterdir())))


def _collect(folder: Path) -> None:
    embedded = crate_folder(*_EXTENSION) / "src/install/embedded"
    control = (embedded / _CONTROL).read_text(encoding="utf-8")
    version = re.search(r"^default_version = '([\w.]+)'$", control, re.MULTILINE)
    if version is None:
        raise TargetError(f"{embedded / _CONTROL} names no default_version; is the crate another one?")
    shutil.copyfile(embedded / _CONTROL, folder / _CONTROL)
    # The name under which PostgreSQL looks for it ("Extension Files").
    shutil.copyfile(embedded / "sql/pgmq.sql", folder / f"pgmq--{version[1]}.sql")
    (folder / "migrations").mkdir()
    # Older ones stand in a folder of their own.
    for file in (crate_folder(*_MIGRATIONS) / "migrations").glob("*.sql"):
        shutil.copyfile(file, folder / "migrations" / file.name)
