"""A temporary folder that goes with its process."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mock_idp.passing_folder import passing_folder

_HOLDS_ONE = """
import sys
from mock_idp.passing_folder import passing_folder
with passing_folder("mock-idp-test-") as folder:
    (folder / "within").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_it_is_gone_after_the_block() -> None:
    """With all that is in it."""
    with passing_folder("mock-idp-test-") as folder:
        (folder / "file").write_text("text")
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_it_is_gone_after_an_exception() -> None:
    """An exception in the block goes through, the folder goes, too."""
    with pytest.raises(ZeroDivisionError), passing_folder("mock-idp-test-") as folder:
        raise ZeroDivisionError
    assert not folder.exists()


@pytest.mark.parametrize("name", ["plain-", "a 'quoted' $HOME -name-"])
def test_kill_9_takes_the_folder_along(tmp_path: Path, name: str) -> None:
    """The process can do nothing any more, and still nothing is left; a folder beside it stays."""
    beside = tmp_path / "beside"
    beside.mkdir()
    code = _HOLDS_ONE.replace("mock-idp-test-", name)
    command = [sys.executable, "-c", code]
    environ = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().rstrip("\n"))
        assert folder.is_dir()
        holder.kill()
    pause, deadline = threading.Event(), time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        pause.wait(0.01)
    assert [path.name for path in tmp_path.iterdir()] == ["beside"]
