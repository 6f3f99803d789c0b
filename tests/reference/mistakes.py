"""How a mistake shows: short experiments that come out one way on a good service and the other on a faulty one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .world import Service, World

Start = Callable[..., Service]
# Given the world and a way to start a service, whether the mistake shows.
Experiment = Callable[[World, Start], bool]


def accepts(token: Callable[[World], str], path: str = "/v1/tasks", **settings: Any) -> Experiment:
    """The mistake is to let this token in."""
    return lambda world, start: start(**settings).status(token(world), path) == 200


def refuses(token: Callable[[World], str], status: int = 401, **settings: Any) -> Experiment:
    """The mistake is to refuse this token."""
    return lambda world, start: start(**settings).status(token(world)) == status


def anonymous(path: str, status: int = 200, **options: Any) -> Experiment:
    """The mistake is to answer a request without a token like this."""
    return lambda world, start: start().status(None, path, **options) == status


def cases(experiments: dict[str, Experiment | tuple[Experiment, ...]]) -> list[Any]:
    """Each experiment with the fault that makes it come out wrong, as parameters of a test."""
    return [
        pytest.param(fault, experiment, id=f"{fault}-{number}" if number else fault)
        for fault, made in experiments.items()
        for number, experiment in enumerate(made if isinstance(made, tuple) else (made,))
    ]
