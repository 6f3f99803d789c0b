"""The ways to a Tasker orchestration service on this machine: a program that is named, one that was built, an image."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from harness.crates.server import BUILD_COMMAND, VARIABLE, built_server
from harness.engine.container_engine import why_not_usable
from harness.engine.images import mock_idp_image, postgres_image, tasker_orchestration_image


class Way(NamedTuple):
    """What it is called, and why it can't be gone here, with what to do; `reason` is `None` when it can."""

    what: str
    reason: str | None


def ways_to_orchestration() -> tuple[Way, ...]:
    """All of them, those that need least first. Raises `HarnessError` when nobody knows where a built one would be."""
    return (_named(), _built(), _image())


def _named() -> Way:
    name = os.environ.get(VARIABLE)
    if not name:
        return Way(f"a program that {VARIABLE} names", "it names none; --target-option server=PATH does as well")
    found = shutil.which(Path(name).absolute())
    return Way(f"the program of {VARIABLE}, {name}", None if found else "there is no program")


def _built() -> Way:
    server = built_server()
    there = shutil.which(server)
    return Way(f"the program that was built, {server}" if there else "a program", None if there else BUILD_COMMAND)


def _image() -> Way:
    image = tasker_orchestration_image()
    reason = why_not_usable([image, mock_idp_image(), postgres_image()])
    return Way(f"the image {image} (--target container --target-option service=tasker-orchestration)", reason)
