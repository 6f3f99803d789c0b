"""What scenarios can do: the step `publish-key` is the function `publish_key` of one of these modules.

Each function takes the running cell and the step's arguments; it raises `Deviation` when the service broke the
requirement and `HarnessError` when the harness could not do its part.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.steps import answers, keys, memory, metrics, provider, raw, resources, routes, sending, service, timing

_MODULES = (sending, raw, routes, keys, provider, service, resources, answers, metrics, memory, timing)


def step_function(name: str) -> Callable[..., None]:
    """The function of a step; the loader has checked that it exists."""
    attribute = name.replace("-", "_")
    function: Callable[..., None] = next(
        getattr(module, attribute) for module in _MODULES if hasattr(module, attribute)
    )
    return function
