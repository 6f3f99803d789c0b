"""A folder that goes with its process."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from target_waits import wait_for

from harness.targets.guarded_folder import GuardedFolder

MAKER = (
    "import signal\n"
    "from harness.targets.guarded_folder import GuardedFolder\n"
    "folder = GuardedFolder()\n"
    "(folder.path / 'file').touch()\n"
    "print(folder.path, flush=True)\n"
    "signal.pause()\n"
)


@pytest.fixture(autouse=True)
def _temporary_base(temporary_base: Path) -> None:
    pass


def test_only_its_owner_can_enter_it_and_it_goes_with_all_that_is_in_it() -> None:
    folder = GuardedFolder()
    (folder.path / "file").touch()
    mode = stat.S_IMODE(folder.path.stat().st_mode)
    folder.remove()
    folder.remove()
    assert (mode, folder.path.exists()) == (0o700, False)


def test_it_goes_when_its_process_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", MAKER], stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout
        folder = Path(maker.stdout.readline().strip())
        assert (folder / "file").exists()
        maker.send_signal(signal.SIGKILL)
    wait_for(folder.exists, lambda there: not there)
