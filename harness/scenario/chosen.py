"""The scenarios that somebody names, without a look into the bundled files in which none of them can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.base.bundled import bundled_directory
from harness.base.errors import UsageError
from harness.grammar.model import Scenario
from harness.scenario.loader import load_all
from harness.scenario.plan import select


def load_chosen(directories: Iterable[Path], prefixes: Sequence[str]) -> list[Scenario]:
    """The bundled scenarios and those of `directories` whose id starts with one of `prefixes`, or whose slug is one.

    Raises `ScenarioFileError`, and `UsageError` for a prefix that selects nothing.
    """
    directories = list(directories)
    if prefixes:
        try:
            return select(load_around(directories, prefixes), prefixes)
        except UsageError:
            pass  # Only who knows all of them can say which one is nearest.
    return select(load_all([bundled_directory(), *directories]), prefixes)


def load_around(directories: Iterable[Path], prefixes: Sequence[str]) -> list[Scenario]:
    """All scenarios of `directories`, and of the bundled ones at least those that `prefixes` select.

    Raises `ScenarioFileError`, also when one id stands in two directories.
    """
    bundled, directories = bundled_directory(), list(directories)
    own = {file.relative_to(directory) for directory in directories for file in directory.glob("*/*.toml")}
    skipped = {
        file
        for file in bundled.glob("*/*.toml")
        if file.relative_to(bundled) not in own and not any(_may_hold(file, prefix) for prefix in prefixes)
    }
    return load_all([bundled, *directories], skipped)


def _may_hold(file: Path, prefix: str) -> bool:
    """Whether the bundled file may have a scenario whose id starts with this, or whose slug it is."""
    topic, name = f"{file.parent.name}/{file.stem}/", prefix.partition("[")[0]
    if topic.startswith(name) or name.startswith(topic):
        return True
    return "/" not in name and f"[{name}]".encode() in file.read_bytes()
