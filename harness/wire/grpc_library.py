"""The library that speaks gRPC: an extra, which may not be installed."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from harness.base.errors import HarnessError


def why_not_installed() -> str | None:
    """What to do to get gRPC, `None` when it is there."""
    if find_spec("grpc") and find_spec("grpc_reflection"):
        return None
    return "pip install 'idp-harness[grpc]'"


def quiet_grpc() -> Any:
    """The module `grpc`, whose library would write to the terminal. Raises `HarnessError` without the extra."""
    if reason := why_not_installed():
        raise HarnessError(f"gRPC is not installed: {reason}")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    import grpc

    return grpc
