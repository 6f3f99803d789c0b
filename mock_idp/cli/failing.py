"""How a command ends when it cannot do its work."""

from __future__ import annotations

import sys
from typing import NoReturn

from mock_idp.cli.saying import say

USAGE = 2
CANNOT_RUN = 3


def fail(message: str, status: int) -> NoReturn:
    """One line on stderr, and the exit status: 2 for what the caller can correct, 3 for what is out of reach."""
    say(f"Error: {message}", err=True)
    sys.exit(status)
