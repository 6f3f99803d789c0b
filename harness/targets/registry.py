"""The targets by name, and their options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.base.errors import TargetError, UsageError
from harness.grammar.toml_source import nearest, shown
from harness.shown.foreign_text import foreign
from harness.targets.base import Target
from harness.targets.option_kinds import (
    ADDRESS,
    ADDRESS_WITH_PORT,
    AN_APP,
    ANY,
    FOLDER,
    FREE_PORT,
    HOST_AND_PORT,
    IMAGE,
    NAMES,
    PEM_FILE,
    PORT,
    PROGRAM,
    PROGRAM_LINE,
    SECONDS,
    SOME_LINE,
    SOME_SECONDS,
    URL_PATH,
    YES_OR_NO,
    OptionKind,
    one_of,
)


def _tasker_worker(**options: Any) -> Target:
    from harness.targets.tasker_worker import TaskerWorkerTarget

    return TaskerWorkerTarget(**options)


# What only containers can be told, and what only programs can.
_OF_IMAGE, _OF_PROGRAM = ("idp_image", "postgres"), ("server", "binary", "build", "jwks_host", "port")


def _tasker_orchestration(**options: Any) -> Target:
    image = options.pop("image", None)
    beside = _OF_PROGRAM if image else _OF_IMAGE
    if wrong := [name for name in beside if name in options]:
        what = f"{wrong[0]} and image: one is about a program, the other is a container"
        raise TargetError(what if image else f"{wrong[0]} needs the option image: only a container has it")
    if image:
        from harness.targets.orchestration_image import OrchestrationImageTarget

        return OrchestrationImageTarget(image, **options)
    if (binary := options.pop("binary", None)) and options.setdefault("server", binary) != binary:
        raise TargetError("binary and server are two names of one option; give one of them")
    from harness.targets.tasker_orchestration import TaskerOrchestrationTarget

    return TaskerOrchestrationTarget(**options)


def _reference(**options: Any) -> Target:
    from harness.targets.reference import ReferenceTarget

    if faults := options.get("faults"):
        from harness.reference.faults import UnknownFault
        from harness.reference.known_faults import mixins  # The reference service loads Flask.

        try:
            mixins(faults)
        except UnknownFault as problem:
            raise UsageError(f"{foreign(problem)}") from problem
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


def _app(**options: Any) -> Target:
    from harness.targets.app import AppTarget

    return AppTarget(**options)


@dataclass(frozen=True)
class Entry:
    """How a target is made (and only then imported), what its options must be, and which it must have."""

    make: Callable[..., Target]
    options: Mapping[str, OptionKind]
    needed: tuple[str, ...] = ()


_HEALTH_STATUS = one_of("200", "any")
_OF_TASKER = {"jwks_host": SOME_LINE, "log_folder": FOLDER, "port": FREE_PORT, "boot_seconds": SOME_SECONDS}

TARGETS: Mapping[str, Entry] = {
    "tasker-worker": Entry(_tasker_worker, _OF_TASKER),
    "tasker-orchestration": Entry(
        _tasker_orchestration,
        {
            "server": PROGRAM,
            "binary": PROGRAM,
            "build": YES_OR_NO,
            **_OF_TASKER,
            "image": IMAGE,
            "postgres": IMAGE,
            "idp_image": IMAGE,
        },
    ),
    "reference": Entry(
        _reference,
        {
            "service": one_of("orchestration", "worker", "windmill", "rfc9068", "mcp"),
            "faults": NAMES,
            "jwks_fetch_timeout_seconds": SOME_SECONDS,
            "unknown_kid_cooldown_seconds": SECONDS,
            "own_process": YES_OR_NO,
            "grpc_tls": YES_OR_NO,
        },
    ),
    "process": Entry(
        _process,
        {
            "command": PROGRAM_LINE,
            "environment": ANY,
            "config": ANY,
            "jwks_base_url": ADDRESS_WITH_PORT,
            "https_base_url": ADDRESS_WITH_PORT,
            "health_path": URL_PATH,
            "health_status": _HEALTH_STATUS,
            "boot_seconds": SOME_SECONDS,
            "log_folder": FOLDER,
            "grpc_ca_file": PEM_FILE,
            "profile": SOME_LINE,
        },
        ("command",),
    ),
    "app": Entry(
        _app,
        {
            "app": AN_APP,
            "one_at_a_time": YES_OR_NO,
            "host": SOME_LINE,
            "boot_seconds": SOME_SECONDS,
            "profile": SOME_LINE,
        },
        ("app",),
    ),
    "container": Entry(
        _container,
        {
            "service": one_of("tasker-worker", "tasker-orchestration", "own"),
            "image": IMAGE,
            "port": PORT,
            "command": ANY,
            "environment": ANY,
            "config": ANY,
            "postgres": IMAGE,
            "idp_image": IMAGE,
            "jwks_base_url": ADDRESS,
            "health_path": URL_PATH,
            "boot_seconds": SOME_SECONDS,
            "log_folder": FOLDER,
        },
    ),
    "url": Entry(
        _url,
        {
            "base_url": ADDRESS,
            "jwks_base_url": ADDRESS_WITH_PORT,
            "https_base_url": ADDRESS_WITH_PORT,
            "health_path": URL_PATH,
            "health_status": _HEALTH_STATUS,
            "wait_seconds": SECONDS,
            "grpc_address": HOST_AND_PORT,
            "grpc_ca_file": PEM_FILE,
            "profile": SOME_LINE,
        },
        ("base_url",),
    ),
}


def make_target(name: str, options: Mapping[str, Any] | None = None) -> Target:
    """The target of that name; nothing is started yet.

    `options` are its keyword arguments; a dash in a name counts as an underscore, text is read as the option's kind.
    Raises `UsageError` for an unknown target or option, a missing one, and a value that the target can't work with.
    """
    if name not in TARGETS:
        raise UsageError(f"there is no target {name!r}{nearest(name, TARGETS)}")
    entry = TARGETS[name]
    arguments = {}
    for given, value in (options or {}).items():
        option = given.replace("-", "_")
        if option not in entry.options:
            raise UsageError(f"target {name} has no option {given!r}{nearest(option, entry.options)}")
        arguments[option] = entry.options[option].value(value)
    for option in entry.needed:
        if not arguments.get(option):
            raise UsageError(f"target {name} needs the option {option}")
    for option, value in arguments.items():
        if what := entry.options[option].kind.missing(value):
            raise UsageError(f"option {option} of target {name} must be {what}, not {shown(value)}")
    try:
        return entry.make(**arguments)
    except TargetError as problem:
        raise UsageError(f"target {name}: {problem.what}") from problem


def profile_of(name: str, options: Mapping[str, Any] | None = None) -> str:
    """The profile to judge a target's services by when none is named: that of its own name, as a rule."""
    service = (options or {}).get("service", "tasker-worker")
    own = (
        ("container", "tasker-worker"),
        ("container", "tasker-orchestration"),
        ("reference", "windmill"),
        ("reference", "rfc9068"),
        ("reference", "mcp"),
    )
    return service if (name, service) in own else name
