"""The environment of this process, for those that it starts."""

from __future__ import annotations

import os


def own_environment() -> dict[str, str]:
    """A copy of it. pytest sets and takes away a variable for each test, in another thread than services start in."""
    while True:
        try:
            return dict(os.environ)
        except (KeyError, RuntimeError):
            continue  # It was changed while it was copied.
