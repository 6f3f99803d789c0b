"""A service's log can be read at any time and leaves nothing on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness.processes import service_log
from harness.processes.service_log import ServiceLog
from harness.targets import TargetError


def test_the_tail_is_the_last_lines() -> None:
    log = ServiceLog("service")
    os.write(log.descriptor, b"".join(b"line %d\n" % number for number in range(100)))
    tail = log.tail(2)
    log.close()
    assert tail.as_it_came == "line 98\nline 99"


def test_the_tail_of_a_huge_log_is_at_most_64_kib() -> None:
    log = ServiceLog("service")
    os.write(log.descriptor, b"x" * 200_000)
    tail = log.tail()
    log.close()
    assert len(tail.as_it_came) == 64 * 1024


def test_bytes_that_are_no_text_do_not_break_it() -> None:
    log = ServiceLog("service")
    os.write(log.descriptor, b"\xff\n")
    tail = log.tail()
    log.close()
    assert (str(tail), tail.as_it_came) == ("\\xff", "\ufffd")


def test_the_tail_can_be_read_after_it_was_closed() -> None:
    log = ServiceLog("service")
    os.write(log.descriptor, b"last words\n")
    log.close()
    assert log.tail().as_it_came == "last words"


def test_it_has_no_name_on_disk(temporary_base: Path) -> None:
    log = ServiceLog("service")
    found = list(temporary_base.iterdir())
    log.close()
    assert not found


def test_with_a_folder_it_is_a_file_that_stays(tmp_path: Path) -> None:
    log = ServiceLog("service", tmp_path / "logs")
    os.write(log.descriptor, b"kept\n")
    log.close()
    [file] = (tmp_path / "logs").glob("service-*.log")
    assert file.read_text() == "kept\n"


def test_a_folder_that_can_t_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TargetError, match="file/logs"):
        ServiceLog("service", tmp_path / "file" / "logs")


def written_at_least(log: ServiceLog, size: int, limit: int) -> None:
    """Write so much to the log, and wait whenever there is more than `limit` of it."""
    pause, line = threading.Event(), b"x" * 99_999 + b"\n"
    for _ in range(size // len(line)):
        os.write(log.descriptor, line)
        deadline = time.monotonic() + 20
        while os.fstat(log.descriptor).st_size > limit:
            assert time.monotonic() < deadline, os.fstat(log.descriptor).st_size
            pause.wait(0.01)


@pytest.mark.parametrize("folder", [None, "logs"])
def test_a_log_without_end_takes_no_more_than_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str | None
) -> None:
    """All but its end is dropped, and who writes goes on behind that."""
    monkeypatch.setattr(service_log, "MOST_BYTES", 1_000_000)
    log = ServiceLog("service", tmp_path / folder if folder else None)
    written_at_least(log, 3_000_000, 1_200_000)
    os.write(log.descriptor, b"last words\n")
    size, tail = os.fstat(log.descriptor).st_size, log.tail(1)
    log.close()
    assert (size < 1_200_000, tail.as_it_came) == (True, "last words")


def test_a_process_that_writes_without_end_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has inherited the file, and notices nothing."""
    monkeypatch.setattr(service_log, "MOST_BYTES", 1_000_000)
    log = ServiceLog("service")
    script = "import os; [os.write(2, b'y' * 99_999 + b'\\n') for _ in range(100)]; os.write(2, b'done\\n')"
    assert subprocess.run([sys.executable, "-c", script], stderr=log.descriptor, timeout=60).returncode == 0
    deadline, pause = time.monotonic() + 20, threading.Event()
    while os.fstat(log.descriptor).st_size > 1_000_000:
        assert time.monotonic() < deadline
        pause.wait(0.01)
    tail = log.tail(1)
    log.close()
    assert tail.as_it_came == "done"


def test_the_keeper_of_logs_ends_with_the_last_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_log, "_KEEPER", service_log._Keeper())
    before = set(threading.enumerate())
    log = ServiceLog("service")
    keepers = [one for one in set(threading.enumerate()) - before if one.name == "log-keeper"]
    log.close()
    for keeper in keepers:
        keeper.join(20)
    assert [one.is_alive() for one in keepers] == [False]
