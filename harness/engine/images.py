"""The names of the container images, each with the variable that names another one."""

from __future__ import annotations

import os

# Images that no registry has, and the variables that name others.
_OURS = {
    "idp-harness/mock-idp": "MOCK_IDP_IMAGE",
    "idp-harness/tasker-worker": "TASKER_WORKER_IMAGE",
    "idp-harness/tasker-orchestration": "TASKER_ORCHESTRATION_IMAGE",
}
# What has to be there before one is built.
_FIRST = {"TASKER_ORCHESTRATION_IMAGE": ", after `idp-harness build tasker-orchestration`"}


def mock_idp_image() -> str:
    """The mock identity provider: `MOCK_IDP_IMAGE`."""
    return os.environ.get("MOCK_IDP_IMAGE") or "idp-harness/mock-idp:dev"


def tasker_worker_image() -> str:
    """The real Tasker worker: `TASKER_WORKER_IMAGE`."""
    return os.environ.get("TASKER_WORKER_IMAGE") or "idp-harness/tasker-worker:dev"


def tasker_orchestration_image() -> str:
    """Tasker's orchestration service: `TASKER_ORCHESTRATION_IMAGE`."""
    return os.environ.get("TASKER_ORCHESTRATION_IMAGE") or "idp-harness/tasker-orchestration:dev"


def postgres_image() -> str:
    """PostgreSQL, set up by POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB: `POSTGRES_IMAGE`."""
    return os.environ.get("POSTGRES_IMAGE") or "postgres:18-bookworm"


def how_to_get(image: str) -> str:
    """What a person can do about an image that is not there, as a clause."""
    variable = _OURS.get(image.partition(":")[0])
    if variable:
        first = _FIRST.get(variable, "")
        return f"build it with docker/build in the sources of idp-harness{first}, or name another one with {variable}"
    return f"docker pull {image}"
