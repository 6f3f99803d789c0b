"""What scenarios can do: the step `publish-key` is the function `publish_key` of one of these modules.

A new one is a function with the decorator `step` in one of them, or in a new one imported here. It takes the running
cell and the step's arguments; it raises `Deviation` when the service broke the requirement and `HarnessError` when the
harness could not do its part.
"""

from __future__ import annotations

from harness.steps import (
    answers,
    callers,
    keys,
    log,
    mcp,
    memory,
    metrics,
    neighbours,
    provider,
    raw,
    resources,
    routes,
    sending,
    service,
    timing,
    transports,
)
from harness.steps.registry import STEPS, StepDefinition, step

__all__ = [
    "STEPS",
    "StepDefinition",
    "answers",
    "callers",
    "keys",
    "log",
    "mcp",
    "memory",
    "metrics",
    "neighbours",
    "provider",
    "raw",
    "resources",
    "routes",
    "sending",
    "service",
    "step",
    "timing",
    "transports",
]
