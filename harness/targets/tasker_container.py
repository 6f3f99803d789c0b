"""The entry point of the image `tasker-worker`: the real worker, configured by its environment.

    python -m harness.targets.tasker_container

With TASKER_CONFIG_PATH, that file is its configuration. Without, one is made from the variables in `VARIABLES`:
`TASKER_` and the name that the setting has in Tasker's configuration, in capitals. DATABASE_URL is Tasker's own.
Everything runs in this one process, so SIGTERM reaches the worker.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import HarnessError, UsageError
from harness.grammar.toml_source import nearest
from harness.shown.foreign_text import foreign
from harness.targets.base import ServiceConfig
from harness.targets.tasker_config import render_worker_toml

BOOT = Path(__file__).with_name("tasker_boot.py")
# Writable in a container whose file system is not.
MEMORY = Path("/dev/shm")
EXIT_USAGE = 2


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("write true or false")
    return text.lower() == "true"


@dataclass(frozen=True)
class Variable:
    """The field of `ServiceConfig` that a variable stands for, and how its text is read."""

    field: str
    read: Callable[[str], Any] = str


VARIABLES = {
    "TASKER_JWKS_URL": Variable("jwks_url"),
    "TASKER_JWKS_URL_ALLOW_HTTP": Variable("allow_http", _yes_or_no),
    "TASKER_JWKS_REFRESH_INTERVAL_SECONDS": Variable("refresh_seconds", int),
    "TASKER_JWKS_MAX_STALE_SECONDS": Variable("max_stale_seconds", int),
    "TASKER_JWT_ISSUER": Variable("issuer"),
    "TASKER_JWT_AUDIENCE": Variable("audience"),
    "TASKER_JWT_ALLOWED_ALGORITHMS": Variable("allowed_algorithms", _names),
    "TASKER_PERMISSIONS_CLAIM": Variable("permissions_claim"),
    "TASKER_STRICT_VALIDATION": Variable("strict_validation", _yes_or_no),
}
NEEDED = ("TASKER_JWKS_URL", "TASKER_JWT_ISSUER", "TASKER_JWT_AUDIENCE")
# What the worker reads itself. It only ever sees these and what is not Tasker's.
OWN = (
    *("TASKER_CONFIG_PATH", "TASKER_ENV", "TASKER_TEMPLATE_PATH", "TASKER_MESSAGING_BACKEND"),
    *("TASKER_WEB_BIND_ADDRESS", "TASKER_WORKER_GRPC_BIND_ADDRESS"),
)


def config_from(environ: Mapping[str, str]) -> ServiceConfig:
    """The configuration that the variables describe; an empty one counts as not set.

    Raises `UsageError` that names the variable, for one that is missing, unknown or wrong.
    """
    for name in environ:
        if name.startswith("TASKER_") and name not in (*VARIABLES, *OWN):
            raise UsageError(f"{name} is no setting of this image{nearest(name, (*VARIABLES, *OWN))}")
    for name in NEEDED:
        if not environ.get(name):
            raise UsageError(f"{name} is missing: say {', '.join(NEEDED)}, or mount a file and say TASKER_CONFIG_PATH")
    fields = {}
    for name, variable in VARIABLES.items():
        if text := environ.get(name):
            try:
                fields[variable.field] = variable.read(text)
            except ValueError as error:
                raise UsageError(f"{name} is {text!r}: {foreign(error)}") from None
    return ServiceConfig(**fields)


def main() -> None:
    """Become the worker. Ends with status 2 and the reason when the environment is wrong."""
    environ = dict(os.environ)
    try:
        if not environ.get("DATABASE_URL"):
            raise UsageError("DATABASE_URL is missing: postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        if not environ.get("TASKER_CONFIG_PATH"):
            text = render_worker_toml(config_from(environ))
            with tempfile.NamedTemporaryFile("w", dir=MEMORY, suffix=".toml", delete=False) as file:
                file.write(text)
            environ["TASKER_CONFIG_PATH"] = file.name
    except HarnessError as error:
        print(f"tasker-worker: {error}", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    seen = {name: text for name, text in environ.items() if not name.startswith("TASKER_") or name in OWN}
    os.execve(sys.executable, [sys.executable, "-P", str(BOOT)], seen)


if __name__ == "__main__":
    main()
