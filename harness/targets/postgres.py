"""A throw-away PostgreSQL server with one empty database, for the real services of Tasker."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from harness.base.errors import TargetError
from harness.processes import ports
from harness.processes.guarded_process import Ending, GuardedProcess, clean_environment
from harness.processes.readiness import wait_until
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import ForeignText
from harness.targets.postgres_install import (
    PROGRAMS,
    copy_programs,
    programs_in_reach,
    scratch_base,
    substitute_for_root,
)

ROLE = DATABASE = "tasker"
_SETUP_FILE = "setup.sql"
_BOOT_SECONDS = 60.0

# One command from the empty folder to the running server, so that one guard ends it at any time. Because of the trap
# the shell ends after the step it is in: a program that is killed leaves its segment of shared memory.
# $1 programs, $2 data folder, $3 SQL file, $4 port; the rest are settings of the server.
_BOOT_SCRIPT = r"""
set -e
trap 'exit 1' INT QUIT TERM
bin=$1 data=$2 sql=$3 port=$4
shift 4
"$bin/initdb" -D "$data" -U postgres --auth-local=reject --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-sync --no-instructions >/dev/null
"$bin/postgres" --single -F -D "$data" "$@" template1 <"$sql" >/dev/null
rm "$sql"
exec "$bin/postgres" -D "$data" -h 127.0.0.1 -p "$port" -k "" "$@"
"""

# The database that initdb made anyway is renamed: making one more would copy it. The superuser has no
# password, so nobody can log in as one; the role owns nothing but its database.
_SETUP_SQL = """
CREATE ROLE {role} LOGIN PASSWORD '{password}';
ALTER DATABASE postgres OWNER TO {role};
ALTER DATABASE postgres RENAME TO {database};
"""

# Fast shutdown; SIGTERM would wait for the clients to leave. As an orphan it ends at once, but not by SIGKILL: that
# would leave its segment of shared memory.
_ENDING = Ending("INT", grace_seconds=30.0, orphan_signal="QUIT")

_SETTINGS = {
    "fsync": "off",  # Nothing in it is worth a disk write; it goes with the run.
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "max_connections": "200",  # A few for each of the services that share it.
    "dynamic_shared_memory_type": "mmap",  # In the data folder, so /dev/shm keeps nothing after a SIGKILL.
    "io_method": "sync",  # No processes for what a handful of connections does not need.
    "max_logical_replication_workers": "0",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # The worker's queries for a queue that is not there are errors of no interest.
}


class PostgresServer:
    """A running server; `start_postgres` makes one. `url` is what a client connects to, password included."""

    def __init__(self, process: GuardedProcess, log: ServiceLog, url: str) -> None:
        self._process, self._log = process, log
        self.url = url

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.alive()

    def why_gone(self) -> str | None:
        """In words, that it has ended; `None` while it runs."""
        return None if self.alive() else "its PostgreSQL has ended"

    def log_tail(self, lines: int = 40) -> ForeignText:
        return self._log.tail(lines)

    def stop(self) -> None:
        """End the server and remove its data; returns when that is done. May be called again."""
        self._process.stop()
        self._log.close()


def start_postgres(
    log_folder: Path | None = None,
    *,
    extensions: Sequence[Path] = (),
    settings: Mapping[str, str] = {},
    setup_sql: str = "",
) -> PostgresServer:
    """Make a cluster and start a server on a free port of 127.0.0.1; takes about half a second.

    `extensions`: control files and scripts of extensions that can be created beside those of the wheel. `settings`: of
    the server, other than those here. `setup_sql`: commands, one on each line, that the superuser gives when all else
    is set up. Raises `TargetError` with the server's log when it does not come up.
    """
    more = {**_SETTINGS, **settings}
    return ports.start_on_free_port(lambda port: _start_on(port, log_folder, extensions, more, _SETUP_SQL + setup_sql))


def _start_on(
    port: int, log_folder: Path | None, extensions: Sequence[Path], settings: Mapping[str, str], setup_sql: str
) -> PostgresServer:
    account = substitute_for_root()
    installed = programs_in_reach(account)
    scratch = ScratchFolder(scratch_base(account), mode=0o755 if account else 0o700)
    home = scratch.path / "cluster"
    share = scratch.path / "share/extension"
    password = secrets.token_hex(16)

    def prepare() -> None:
        if account and not installed:
            copy_programs(scratch.path, account)
        # Not where the user has them: whom the server runs as may not get there.
        share.mkdir(parents=True)
        for file in extensions:
            shutil.copyfile(file, share / file.name)
        sql = scratch.write_secret(_SETUP_FILE, setup_sql.format(role=ROLE, database=DATABASE, password=password))
        home.mkdir(0o700)
        for path in (sql.rename(home / _SETUP_FILE), home):
            if account:
                os.chown(path, account.uid, account.gid)

    paths = [str(path) for path in (installed or scratch.path / PROGRAMS, home / "data", home / _SETUP_FILE)]
    given = {**settings, "extension_control_path": f"{share.parent}:$system"}
    words = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
    with ExitStack() as undo:
        log = ServiceLog("postgres", log_folder)
        undo.callback(log.close)
        process = GuardedProcess(
            ["/bin/sh", "-c", _BOOT_SCRIPT, "boot", *paths, str(port), *words],
            environment=clean_environment({"LC_ALL": "C"}),
            log=log,
            scratch=scratch,
            prepare=prepare,
            user=account.name if account else None,
            ending=_ENDING,
        )
        undo.callback(process.stop)
        _wait_until_ready(process, log, home / "data/postmaster.pid", port)
        url = f"postgresql://{ROLE}:{password}@{ports.LOOPBACK}:{port}/{DATABASE}"
        server = PostgresServer(process, log, url)
        undo.pop_all()
    return server


def _wait_until_ready(process: GuardedProcess, log: ServiceLog, status_file: Path, port: int) -> None:
    missing = wait_until(lambda: _missing(status_file, port), process.wait, _BOOT_SECONDS)
    if missing is None:
        return
    if (status := process.exit_status()) is not None:
        if "could not bind" in log.tail():
            raise ports.PortTakenError(f"port {port} was taken while PostgreSQL started", log.tail())
        raise TargetError(f"PostgreSQL ended with status {status} while starting", log.tail())
    raise TargetError(f"PostgreSQL was not ready within {_BOOT_SECONDS:.0f} s; last state: {missing}", log.tail())


def _missing(status_file: Path, port: int) -> str | None:
    """What keeps the server from being ready, by the status file in its own data folder: so it is surely ours.

    Line 4 is the port, line 8 the state (PostgreSQL source, src/include/utils/pidfile.h).
    """
    try:
        lines = [line.strip() for line in status_file.read_text().splitlines()]
    except OSError:
        return "no status file yet"
    if len(lines) < 8 or lines[3] != str(port):
        return "no port and state in the status file yet"
    return None if lines[7] == "ready" else f"state {lines[7]!r}"
