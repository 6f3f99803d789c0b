"""The targets by name, and their options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import UsageError
from harness.grammar.toml_source import nearest
from harness.targets.base import Target


def _names(text: str) -> tuple[str, ...]:
    """A comma list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _yes_or_no(text: str) -> bool:
    """A boolean; raises `ValueError` for anything but true and false."""
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_yes_or_no.__name__ = "boolean; write true or false"  # How the message about a wrong value calls it.


def _tasker_worker(**options: Any) -> Target:
    from harness.targets.tasker_worker import TaskerWorkerTarget

    return TaskerWorkerTarget(**options)


def _reference(**options: Any) -> Target:
    from harness.targets.reference import ReferenceTarget

    return ReferenceTarget(**options)


def _process(**options: Any) -> Target:
    from harness.targets.process import ProcessTarget

    return ProcessTarget(**options)


def _url(**options: Any) -> Target:
    from harness.targets.url import UrlTarget

    return UrlTarget(**options)


def _container(**options: Any) -> Target:
    from harness.targets.container import ContainerTarget

    return ContainerTarget(**options)


@dataclass(frozen=True)
class Entry:
    """How a target is made (and only then imported), how its options are read from text, and which it must have."""

    make: Callable[..., Target]
    options: Mapping[str, Callable[[str], Any]]
    needed: tuple[str, ...] = ()


TARGETS: Mapping[str, Entry] = {
    "tasker-worker": Entry(_tasker_worker, {"jwks_host": str, "log_folder": Path, "port": int, "boot_seconds": float}),
    "reference": Entry(
        _reference,
        {
            "service": str,
            "faults": _names,
            "jwks_fetch_timeout_seconds": float,
            "unknown_kid_cooldown_seconds": float,
            "own_process": _yes_or_no,
        },
    ),
    "process": Entry(
        _process,
        {
            "command": str,
            "jwks_base_url": str,
            "https_base_url": str,
            "health_path": str,
            "boot_seconds": float,
            "log_folder": Path,
            "profile": str,
        },
        ("command",),
    ),
    "container": Entry(
        _container,
        {
            "service": str,
            "image": str,
            "port": int,
            "command": str,
            "environment": str,
            "config": str,
            "postgres": str,
            "idp_image": str,
            "jwks_base_url": str,
            "health_path": str,
            "boot_seconds": float,
            "log_folder": Path,
        },
    ),
    "url": Entry(
        _url,
        {
            "base_url": str,
            "jwks_base_url": str,
            "https_base_url": str,
            "health_path": str,
            "wait_seconds": float,
            "profile": str,
        },
        ("base_url",),
    ),
}


def make_target(name: str, options: Mapping[str, Any] | None = None) -> Target:
    """The target of that name; nothing is started yet.

    `options` are its keyword arguments; a dash in a name counts as an underscore, a value that is text is
    converted. Raises `UsageError` for an unknown target or option, a missing one or a value of the wrong
    kind, and `TargetError` for a value the target can't work with.
    """
    if name not in TARGETS:
        raise UsageError(f"there is no target {name!r}{nearest(name, TARGETS)}")
    entry = TARGETS[name]
    arguments = {}
    for given, value in (options or {}).items():
        option = given.replace("-", "_")
        if option not in entry.options:
            raise UsageError(f"target {name} has no option {given!r}{nearest(option, entry.options)}")
        arguments[option] = _converted(name, option, value, entry.options[option])
    for option in entry.needed:
        if not arguments.get(option):
            raise UsageError(f"target {name} needs the option {option}")
    return entry.make(**arguments)


def profile_of(name: str, options: Mapping[str, Any] | None = None) -> str:
    """The profile to judge a target's services by when none is named: that of its own name, as a rule."""
    service = (options or {}).get("service", "tasker-worker")
    return service if (name, service) == ("container", "tasker-worker") else name


def _converted(name: str, option: str, value: Any, convert: Callable[[str], Any]) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return convert(value)
    except ValueError:
        raise UsageError(f"option {option} of target {name} is {value!r}, which is no {convert.__name__}") from None
