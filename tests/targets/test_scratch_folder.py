"""Temporary folders are left behind by nobody."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.targets import TargetError
from harness.targets.scratch import PREFIX, ScratchFolder, remove_stale

MAKER = (
    "import signal\n"
    "from harness.targets.scratch import ScratchFolder\n"
    "folder = ScratchFolder()\n"
    "folder.make()\n"
    "print(folder.path, flush=True)\n"
)


@pytest.fixture(autouse=True)
def _temporary_base(temporary_base: Path) -> None:
    pass


def make_old(folder: Path) -> None:
    hour_ago = time.time() - 3600
    os.utime(folder, (hour_ago, hour_ago))


def left_by_a_killed_process() -> Path:
    with subprocess.Popen([sys.executable, "-c", MAKER + "signal.pause()"], stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout
        folder = Path(maker.stdout.readline().strip())
        maker.send_signal(signal.SIGKILL)
    return folder


@pytest.fixture
def folder() -> Iterator[ScratchFolder]:
    folder = ScratchFolder()
    folder.make()
    yield folder
    folder.remove()


def test_nothing_is_on_disk_before_it_is_made(temporary_base: Path) -> None:
    ScratchFolder()
    assert not list(temporary_base.iterdir())


def test_only_the_owner_can_enter_it(folder: ScratchFolder) -> None:
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_its_name_says_whose_it_is(folder: ScratchFolder) -> None:
    assert folder.path.name.startswith(PREFIX)


def test_a_secret_is_readable_by_the_owner_only_whatever_the_umask(folder: ScratchFolder) -> None:
    umask = os.umask(0)
    try:
        mode = stat.S_IMODE(folder.write_secret("secret", "x").stat().st_mode)
    finally:
        os.umask(umask)
    assert mode == 0o600


def test_removing_takes_everything_in_it(folder: ScratchFolder) -> None:
    (folder.path / "sub").mkdir()
    folder.write_secret("secret", "x")
    folder.remove()
    assert not folder.path.exists()


def test_removing_again_does_nothing(folder: ScratchFolder) -> None:
    folder.remove()
    folder.remove()
    assert not folder.path.exists()


def test_what_a_killed_process_left_is_removed_by_the_next() -> None:
    left = left_by_a_killed_process()
    make_old(left)
    subprocess.run([sys.executable, "-c", MAKER + "folder.remove()"], capture_output=True, check=True)
    assert not left.exists()


def test_a_folder_that_may_just_be_in_the_making_is_not_removed(temporary_base: Path) -> None:
    young = temporary_base / f"{PREFIX}young"
    young.mkdir()
    remove_stale.__wrapped__(temporary_base)
    assert young.exists()
    young.rmdir()


def test_a_folder_that_is_held_is_not_removed(temporary_base: Path, folder: ScratchFolder) -> None:
    make_old(folder.path)
    remove_stale.__wrapped__(temporary_base)
    assert folder.path.exists()


def test_a_symbolic_link_is_not_followed(temporary_base: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    make_old(tmp_path / "precious")
    link = temporary_base / f"{PREFIX}link"
    link.symlink_to(tmp_path / "precious")
    remove_stale.__wrapped__(temporary_base)
    link.unlink()
    assert (tmp_path / "precious").exists()


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="TMPDIR"):
        ScratchFolder(tmp_path / "nowhere").make()
