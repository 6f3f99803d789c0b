"""Configuration in layers, as Tasker documents it: base/ROLE.toml, and environments/ENVIRONMENT/ROLE.toml over it.

The released services read one file; `tasker-ctl config generate` makes it from the layers.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Final

import tomli_w

from harness.base.errors import TargetError
from harness.processes.guarded_process import clean_environment
from harness.targets.base import ServiceConfig

ENVIRONMENT: Final = "test"
_OTHERS: Final = {"worker": "orchestration", "orchestration": "worker"}
_CTL, _VARIABLE = "tasker-ctl", "TASKER_CTL"
_SECONDS = 60.0
NO_CTL: Final = (
    f"the service reads one file, and there is no {_CTL} on the PATH, or named by {_VARIABLE}, to make it of several"
)


def find_ctl() -> str | None:
    """The path of tasker-ctl; None when there is none."""
    return os.environ.get(_VARIABLE) or shutil.which(_CTL)


def place_of_overlay(config: ServiceConfig, role: str) -> tuple[str, str]:
    """The environment and the role whose file holds the overlay; `role` is that of the service, in `test`."""
    environment = "production" if config.overlay_of == "other-environment" else ENVIRONMENT
    return environment, _OTHERS[role] if config.overlay_of == "other-role" else role


def merged_by_ctl(text: str, config: ServiceConfig, role: str, folder: Path) -> str:
    """The configuration `text` of a service with the overlay of `config`, merged by tasker-ctl in `folder`.

    Raises `TargetError` when there is no tasker-ctl, or with what it said when it fails.
    """
    ctl = find_ctl()
    if ctl is None:
        raise TargetError(NO_CTL)
    source, output = folder / "layers", folder / "merged.toml"
    whole = tomllib.loads(text)
    own = {role: whole.pop(role)}
    environment, of_role = place_of_overlay(config, role)
    overlay = {of_role: {"web": {"auth": dict(config.overlay_settings)}}}
    _write(source / "base" / "common.toml", whole)
    _write(source / "base" / f"{role}.toml", own)
    _write(source / "environments" / environment / f"{of_role}.toml", overlay)
    command = [ctl, "config", "generate", "--context", role, "--environment", ENVIRONMENT]
    command += ["--source-dir", str(source), "--output", str(output)]
    try:
        done = subprocess.run(
            command, cwd=folder, env=clean_environment({}), capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TargetError(f"tasker-ctl can't be run: {type(error).__name__}; is {_VARIABLE} right?") from error
    if done.returncode or not output.is_file():
        raise TargetError(
            f"tasker-ctl ended with status {done.returncode}", str(done.stdout + done.stderr, "utf-8", "replace")
        )
    return output.read_text(encoding="utf-8")


def _write(file: Path, table: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(tomli_w.dumps(table), encoding="utf-8")
