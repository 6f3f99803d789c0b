"""The images that the target `container` needs, as variables of the environment."""

from __future__ import annotations

from collections.abc import Callable


def variables(image: Callable[[str], str]) -> dict[str, str]:
    """What a run of the target needs to know, on a machine that pulls nothing; `image` is the fixture."""
    return {
        "MOCK_IDP_IMAGE": image("mock-idp"),
        "TASKER_WORKER_IMAGE": image("tasker-worker"),
        "POSTGRES_IMAGE": image("postgres"),
        "TESTCONTAINERS_RYUK_DISABLED": "true",
    }
