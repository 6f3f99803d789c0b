"""Tasker's orchestration service from an image that somebody names: the published one, where it can be pulled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.base.errors import TargetError
from harness.crates.server import BUILD_COMMAND, VARIABLE
from harness.engine.pulling import pull_image
from harness.targets.container import TASKER_ORCHESTRATION, ContainerTarget

OTHER_WAYS = (
    f"`{BUILD_COMMAND}` builds the program instead, or name one with {VARIABLE} or --target-option server=PATH; "
    "docker/build tasker-orchestration makes an image of it"
)


class OrchestrationImageTarget(ContainerTarget):
    """As `ContainerTarget` with that service; the image is pulled when it isn't here."""

    name = TASKER_ORCHESTRATION

    def __init__(self, image: str, **options: Any) -> None:
        super().__init__(service=TASKER_ORCHESTRATION, image=image, **options)
        self._named = image

    def build(self, say: Callable[[str], None]) -> None:
        """As `MayBeBuilt.build`: pull it."""
        try:
            pull_image(self._named, say)
        except TargetError as problem:
            raise TargetError(f"{problem.what}. {OTHER_WAYS}") from problem
