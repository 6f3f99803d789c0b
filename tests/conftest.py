"""What holds for all tests."""

from __future__ import annotations

import signal
import sys


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
