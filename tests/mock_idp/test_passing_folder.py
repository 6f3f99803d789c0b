"""A temporary folder that goes with its process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from mock_idp.ephemeral.keeping import keeping
from mock_idp.ephemeral.own_folder import OwnFolder
from mock_idp.ephemeral.passing_folder import PassingFolder, passing_folder

_HOLDS_ONE = """
import sys
from mock_idp.ephemeral.passing_folder import passing_folder
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


def test_two_who_remove_it_at_once_let_go_of_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one comes while the first is at it; descriptors closed twice may be somebody else's by then."""
    folder, removed = PassingFolder("mock-idp-test-"), list[OwnFolder]()
    really = keeping.remove_folder

    def remove(own: OwnFolder) -> None:
        removed.append(own)
        folder.remove()
        really(own)

    monkeypatch.setattr(keeping, "remove_folder", remove)
    folder.make()
    folder.remove()
    assert len(removed) == 1
    assert not folder.path.exists()


def test_it_is_gone_beside_many_open_files(many_descriptors: None) -> None:
    """A process with thousands of sockets has temporary folders, too."""
    with passing_folder("mock-idp-test-") as folder:
        assert folder.exists()
    assert not folder.exists()


def nothing_but(folder: Path, *names: str) -> None:
    """Wait until nothing else is in it, for the keeper does its work after its process has ended."""
    pause, deadline = threading.Event(), time.monotonic() + 20
    while (left := sorted(path.name for path in folder.iterdir())) != sorted(names):
        assert time.monotonic() < deadline, left
        pause.wait(0.01)


@contextmanager
def holder(tmp_path: Path, code: str = _HOLDS_ONE) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that has a folder in `tmp_path`, and the folder."""
    environ = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().rstrip("\n"))
        assert folder.is_dir()
        yield process, folder


def keepers_of(pid: int) -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or [])[-1:] == [str(pid)]]


@pytest.mark.parametrize("name", ["plain-", "a 'quoted' $HOME -name-", "two\nlines-"])
def test_kill_9_takes_the_folder_along(tmp_path: Path, name: str) -> None:
    """The process can do nothing any more, and still nothing is left; a folder beside it stays."""
    beside = tmp_path / "beside"
    beside.mkdir()
    code = _HOLDS_ONE.replace('"mock-idp-test-"', repr(name)).replace("print(folder", "print(folder.parent")
    with holder(tmp_path, code) as (process, _):
        assert len(list(tmp_path.iterdir())) == 2
        process.kill()
    nothing_but(tmp_path, "beside")


def test_kill_9_of_a_process_with_all_its_children_takes_the_folder_along(tmp_path: Path) -> None:
    """The keeper is nobody's child."""
    with holder(tmp_path) as (process, _):
        assert psutil.Process(process.pid).children() == []
        assert len(keepers_of(process.pid)) == 1
        process.kill()
    nothing_but(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_keeper_that_is_asked_to_end_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    """Those signals go to whole sets of processes, of which it is to be the last."""
    with holder(tmp_path) as (process, _):
        [keeper] = keepers_of(process.pid)
        keeper.send_signal(number)
        process.kill()
    nothing_but(tmp_path)
    keeper.wait(20)


def test_without_its_keeper_a_process_removes_its_folder_itself(tmp_path: Path) -> None:
    """When it ends in order."""
    with holder(tmp_path) as (process, _):
        [keeper] = keepers_of(process.pid)
        keeper.kill()
        process.communicate()
    assert process.returncode == 0
    nothing_but(tmp_path)


_TWO = """
import sys
from mock_idp.ephemeral.passing_folder import PassingFolder
folders = [PassingFolder("mock-idp-test-"), PassingFolder("mock-idp-test-")]
folders[0].make()
print(folders[0].path, flush=True)
sys.stdin.readline()
folders[1].make()
print("made", flush=True)
sys.stdin.readline()
"""


def test_a_new_keeper_keeps_what_a_killed_one_kept(tmp_path: Path) -> None:
    """It is started with the next folder, and knows those before."""
    with holder(tmp_path, _TWO) as (process, _):
        [keeper] = keepers_of(process.pid)
        keeper.kill()
        keeper.wait(20)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "made\n"
        process.kill()
    nothing_but(tmp_path)


_COUNTS = """
import os, psutil
from mock_idp.ephemeral.passing_folder import passing_folder
def keepers():
    return sum((one.info["cmdline"] or [])[-1:] == [str(os.getpid())] for one in psutil.process_iter(["cmdline"]))
with passing_folder("mock-idp-test-"):
    with passing_folder("mock-idp-test-"):
        pass
    print(keepers())
print(keepers())
"""


def test_the_keeper_ends_with_the_last_folder() -> None:
    """And not before; in a process of its own, as this one may have other folders."""
    done = subprocess.run([sys.executable, "-c", _COUNTS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0"]


_FORKS = """
import os, sys, time
from mock_idp.ephemeral.passing_folder import passing_folder
with passing_folder("mock-idp-test-") as folder:
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
    print(folder, flush=True)
    os.wait()
"""


def test_a_forked_process_holds_nothing(tmp_path: Path) -> None:
    """The folder goes while it goes on."""
    with holder(tmp_path, _FORKS) as (process, _):
        [child] = psutil.Process(process.pid).children()
        process.kill()
        nothing_but(tmp_path)
        assert child.is_running()
        assert process.stdin is not None
        process.stdin.close()
        child.wait(20)


_WRITES = """
import pathlib, sys, time
end, number = time.monotonic() + 0.5, 0
while time.monotonic() < end:
    number += 1
    try:
        (pathlib.Path(sys.argv[1]) / str(number)).touch()
    except OSError:
        break
    if number == 1:
        print("writing", flush=True)
"""


def test_what_still_writes_into_a_folder_does_not_keep_it(tmp_path: Path) -> None:
    """Until it ends the keeper tries again: the folder stays proved to be its own."""
    with holder(tmp_path) as (process, folder):
        command = [sys.executable, "-c", _WRITES, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            process.kill()
    nothing_but(tmp_path)
