"""The database of Tasker's orchestration in a container: any PostgreSQL, with queue extension and migrations."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from testcontainers.core.container import DockerContainer

from harness.base.errors import TargetError
from harness.crates.cargo import last_words
from harness.crates.database_files import DatabaseFiles
from harness.shown.foreign_text import ForeignText

# A service keeps about eight connections, and a run has many of them up at a time. Both the official image and that of
# docker/build hand options on to the server.
COMMAND = ("-c", "max_connections=1000")
_FOLDER = "/tmp/tasker-migrations"
_HAS_EXTENSION = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgmq'"
_SHARE = "SELECT setting FROM pg_config WHERE name = 'SHAREDIR'"


def prepare_tasker_database(container: DockerContainer, url: str, files: DatabaseFiles) -> None:
    """Give a PostgreSQL that is up what orchestration needs; `url` is that of its database. Raises `TargetError`.

    An image that has the extension keeps its own.
    """
    engine = container.get_wrapped_container()
    access = _access(url)
    if _psql(container, access, "--tuples-only", f"--command={_HAS_EXTENSION}").strip() == "0":
        share = _psql(container, access, "--tuples-only", f"--command={_SHARE}").strip()
        engine.put_archive(f"{share}/extension", _archive({file.name: file for file in files.extension}))
    # The order is that of the numbers with which the names begin.
    engine.put_archive("/", _archive({f"{_FOLDER[1:]}/{file.name}": file for file in files.migrations}))
    names = [f"--file={_FOLDER}/{file.name}" for file in files.migrations]
    _psql(container, access, "--single-transaction", "--output=/dev/null", *names)


def _access(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {
        "PGHOST": "127.0.0.1",
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.removeprefix("/"),
        "PGOPTIONS": "-c client_min_messages=warning",
    }


def _psql(container: DockerContainer, access: Mapping[str, str], *arguments: str) -> str:
    line: Sequence[str] = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--set=ON_ERROR_STOP=1", *arguments]
    status, said = container.get_wrapped_container().exec_run(line, environment=dict(access))
    if status != 0:
        raise TargetError(f"the database for Tasker's orchestration can't be made: {last_words(said or b'')}")
    return ForeignText(said or b"").as_it_came


def _archive(files: Mapping[str, Path]) -> bytes:
    """Files under names, readable by everybody, as the engine takes them."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, file in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = file.stat().st_size, 0o644
            with file.open("rb") as content:
                archive.addfile(entry, content)
    return written.getvalue()
