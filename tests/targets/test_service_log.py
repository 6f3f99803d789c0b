"""A service's log can be read at any time and leaves nothing on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.targets import TargetError
from harness.targets.service_log import ServiceLog


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
