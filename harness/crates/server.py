"""The program of Tasker's orchestration service: one that is given, or the one that was built."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from harness.base.errors import TargetError
from harness.crates.cache import VERSION, cache_folder

PROGRAM = "tasker-server"
VARIABLE = "TASKER_SERVER"
BUILD_COMMAND = "idp-harness build tasker-orchestration"
# On two cores: 15 to 20 minutes of processor time, which took 29 where 40 processes waited for them, and 56 at the
# lowest priority.
BUILD_MINUTES = "10 to 60 minutes"


def built_server() -> Path:
    """Where the one lies that was built, if it was."""
    return cache_folder() / "server/bin" / PROGRAM


def is_given(server: str | None) -> bool:
    """Whether the user names a program, by the option `server` or by TASKER_SERVER."""
    return bool(server or os.environ.get(VARIABLE))


def find_server(given: str | None) -> Path:
    """The one that is `given`, that of TASKER_SERVER, or the one that was built.

    Raises `TargetError` when that is no program, or there is none.
    """
    for origin, name in (("the option server", given), (VARIABLE, os.environ.get(VARIABLE))):
        if name:
            if found := shutil.which(Path(name).absolute()):
                return Path(found)
            raise TargetError(f"{origin} is {name!r}, and no program is there; give the path of {PROGRAM} {VERSION}")
    if found := shutil.which(built_server()):
        return Path(found)
    raise TargetError(
        f"{PROGRAM} is published as source only. `{BUILD_COMMAND}` builds it, once, in {BUILD_MINUTES} "
        f"(so does a run with --target-option build=true); or name a program: "
        f"--target-option server=PATH, or {VARIABLE}; or an image: --target-option image=NAME"
    )
