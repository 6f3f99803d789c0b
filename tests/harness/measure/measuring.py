"""The type of the fixture that measures."""

from __future__ import annotations

from collections.abc import Callable

from harness.measure.reading import Reading

Measure = Callable[..., dict[str, Reading]]
