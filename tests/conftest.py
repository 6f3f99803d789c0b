"""What holds for all tests."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_END_SECONDS = 600


def pytest_report_header() -> str:
    """On which Python the tests run."""
    return f"python: {sys.version} at {sys.executable}"


def pytest_configure() -> None:
    """Let Ctrl-C and Ctrl-\\ reach what tests start, also where the tests themselves run in a shell's background.

    Such a shell ignores both signals, and every process below inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Let an end that hangs show where, and end it: the limit of a test doesn't cover it."""
    faulthandler.dump_traceback_later(_END_SECONDS, exit=True, file=sys.__stderr__)


def pytest_unconfigure() -> None:
    """The end did not hang."""
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """More open files than `select` knows descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2048:
        pytest.skip("a process may not have so many open files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    with contextlib.ExitStack() as stack:
        for _ in range(1100):
            stack.enter_context(Path(os.devnull).open())
        yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
