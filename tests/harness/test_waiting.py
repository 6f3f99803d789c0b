"""Waiting for results in the main thread."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future

import pytest
from cli_call import environment

from harness.base.waiting import as_they_end, result_of

# The handler of a signal that nobody was woken by: it is called when the main thread runs Python code again.
_UNSEEN = """
import ctypes, signal
from concurrent.futures import Future
from threading import Timer
from harness.base.waiting import result_of

# What the C handler of a signal does, in another thread: the main thread's wait goes on.
Timer(0.2, ctypes.pythonapi.PyErr_SetInterruptEx, [int(signal.SIGINT)]).start()
try:
    result_of(Future())
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_result_comes_back() -> None:
    """Of a future that has ended."""
    future: Future[int] = Future()
    future.set_result(7)
    assert result_of(future) == 7


def test_an_exception_is_raised() -> None:
    """The one that the future ended with."""
    future: Future[int] = Future()
    future.set_exception(KeyError("k"))
    with pytest.raises(KeyError):
        result_of(future)


def test_every_future_comes_once() -> None:
    """Also when several have ended before anybody looks."""
    futures: list[Future[int]] = [Future() for _ in range(3)]
    for number, future in enumerate(futures):
        future.set_result(number)
    assert sorted(future.result() for future in as_they_end(futures)) == [0, 1, 2]


def test_a_signal_that_woke_nobody_is_seen() -> None:
    """A future that never ends doesn't keep Ctrl-C waiting."""
    done = subprocess.run(
        [sys.executable, "-c", _UNSEEN], env=environment(), capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == ("interrupted\n", "")
