"""The database of Tasker's orchestration: a throw-away PostgreSQL with the queue extension and all migrations."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.crates.cargo import last_words
from harness.crates.database_files import DatabaseFiles
from harness.processes.guarded_process import clean_environment
from harness.shown.foreign_text import foreign
from harness.targets.postgres import PostgresServer, start_postgres
from harness.targets.postgres_install import PROGRAMS, site_folder

# A service keeps about eight connections, and a run has many of them up at a time.
_SETTINGS = {"max_connections": "1000"}
_SECONDS = 120.0
# One migration makes an event trigger, which only a superuser may: the role is one until all are applied.
_SETUP_SQL = "ALTER ROLE {role} SUPERUSER;\n"
_DEMOTE_SQL = "ALTER ROLE CURRENT_USER NOSUPERUSER"


def start_tasker_database(files: DatabaseFiles, log_folder: Path | None = None) -> PostgresServer:
    """Start the server and prepare its database; about two seconds. Raises `TargetError` with what was said."""
    server = start_postgres(log_folder, extensions=files.extension, settings=_SETTINGS, setup_sql=_SETUP_SQL)
    try:
        _apply(server.url, files.migrations)
    except BaseException:
        server.stop()
        raise
    return server


def _apply(url: str, files: Sequence[Path]) -> None:
    """Apply SQL files in their order, all or nothing, as the role of the database, which is no superuser afterwards."""
    line = [str(site_folder() / PROGRAMS / "psql"), "--no-psqlrc", "--quiet", "--single-transaction"]
    line += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", *(f"--file={file}" for file in files)]
    line += [f"--command={_DEMOTE_SQL}"]
    parts = urlsplit(url)
    # Not on the command line, where everybody could read the password.
    access = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.removeprefix("/"),
        "PGOPTIONS": "-c client_min_messages=warning",
    }
    try:
        done = subprocess.run(
            line,
            env=clean_environment(access),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TargetError(f"the migrations of Tasker can't be applied: {foreign(error)}") from error
    if done.returncode != 0:
        said = last_words(done.stderr)
        raise TargetError(f"the migrations of Tasker can't be applied, psql said: {said}")
