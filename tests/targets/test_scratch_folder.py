"""Temporary folders are left behind by nobody."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from target_waits import SECONDS, keepers_of

from harness.processes.scratch_folder import PREFIX, ScratchFolder
from harness.targets import TargetError
from mock_idp.ephemeral.own_folder import MARKER
from mock_idp.ephemeral.passing_folder import remove_stale

MAKER = (
    "import signal\n"
    "from harness.processes.scratch_folder import ScratchFolder\n"
    "folder = ScratchFolder()\n"
    "folder.make()\n"
    "print(folder.path, flush=True)\n"
)


@pytest.fixture(autouse=True)
def _temporary_base(temporary_base: Path) -> None:
    pass


def left_by_a_killed_process() -> Path:
    """A folder of which nobody is left: its keeper was killed, too."""
    with subprocess.Popen([sys.executable, "-c", MAKER + "signal.pause()"], stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout
        folder = Path(maker.stdout.readline().strip())
        [keeper] = keepers_of(maker.pid)
        keeper.send_signal(signal.SIGKILL)
        keeper.wait(SECONDS)
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
    subprocess.run([sys.executable, "-c", MAKER + "folder.remove()"], capture_output=True, check=True)
    assert not left.exists()


def test_a_folder_that_is_held_is_not_removed(temporary_base: Path, folder: ScratchFolder) -> None:
    remove_stale.__wrapped__(temporary_base, PREFIX)
    assert folder.path.exists()


def test_removing_never_touches_a_folder_that_was_there_before(temporary_base: Path) -> None:
    scratch = ScratchFolder()
    scratch.path.mkdir()
    (scratch.path / "precious").touch()
    with pytest.raises(TargetError, match="File exists"):
        scratch.make()
    scratch.remove()
    assert (scratch.path / "precious").exists()
    shutil.rmtree(scratch.path)


def an_archive(left: Path) -> Path:
    folder = left.with_name(f"{PREFIX}0.9.0")
    folder.mkdir()
    return folder


def a_folder_of_the_same_name(left: Path) -> Path:
    shutil.rmtree(left)
    left.mkdir()
    return left


def a_copy(left: Path) -> Path:
    return shutil.copytree(left, left.with_name(f"{PREFIX}copy"))


def a_moved_one(left: Path) -> Path:
    return left.rename(left.with_name(f"{PREFIX}moved"))


def one_with_another_marker(left: Path) -> Path:
    folder = an_archive(left)
    shutil.copy(left / MARKER, folder / MARKER)
    return folder


def one_with_a_linked_marker(left: Path) -> Path:
    folder = an_archive(left)
    (folder / MARKER).symlink_to(left / MARKER)
    return folder


def one_with_a_fifo_for_a_marker(left: Path) -> Path:
    folder = an_archive(left)
    os.mkfifo(folder / MARKER)
    return folder


def one_with_an_empty_marker(left: Path) -> Path:
    folder = an_archive(left)
    (folder / MARKER).touch()
    return folder


@pytest.mark.parametrize(
    "somebodys",
    [
        an_archive,
        a_folder_of_the_same_name,
        a_copy,
        a_moved_one,
        one_with_another_marker,
        one_with_a_linked_marker,
        one_with_a_fifo_for_a_marker,
        one_with_an_empty_marker,
    ],
)
def test_what_is_not_proved_to_be_ours_stays(temporary_base: Path, somebodys: Callable[[Path], Path]) -> None:
    """Whatever its name, and however old it is."""
    left = left_by_a_killed_process()
    folder = somebodys(left)
    (folder / "precious").touch()
    os.utime(folder, (0, 0))
    remove_stale.__wrapped__(temporary_base, PREFIX)
    assert (folder / "precious").exists()
    for path in temporary_base.iterdir():
        shutil.rmtree(path)


def test_a_symbolic_link_to_what_is_ours_is_not_followed(temporary_base: Path, tmp_path: Path) -> None:
    left = left_by_a_killed_process()
    elsewhere = left.rename(tmp_path / left.name)
    left.symlink_to(elsewhere)
    remove_stale.__wrapped__(temporary_base, PREFIX)
    left.unlink()
    assert (elsewhere / MARKER).exists()


@pytest.mark.parametrize("within", [".", "sub/sub"])
def test_the_working_directory_stays_with_all_above_it(
    temporary_base: Path, monkeypatch: pytest.MonkeyPatch, within: str
) -> None:
    """Also when it was ours: somebody is at work there."""
    left = left_by_a_killed_process()
    (left / within).mkdir(parents=True, exist_ok=True)
    (left / "precious").touch()
    monkeypatch.chdir(left / within)
    remove_stale.__wrapped__(temporary_base, PREFIX)
    assert (left / "precious").exists()
    monkeypatch.undo()
    shutil.rmtree(left)


def test_what_another_user_left_stays(temporary_base: Path, only_as_root: None) -> None:
    left = left_by_a_killed_process()
    os.chown(left, 65534, 65534)
    remove_stale.__wrapped__(temporary_base, PREFIX)
    assert left.exists()
    shutil.rmtree(left)


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="TMPDIR"):
        ScratchFolder(tmp_path / "nowhere").make()
