"""The container engine: whether it can be used here, and whether images are there."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from pathlib import Path

from harness.engine.images import how_to_get
from harness.shown.foreign_text import foreign

_START = "start Docker, or say in DOCKER_HOST where it is"


def _socket() -> Path | None:
    """The Unix socket of the engine, `None` when it is asked for in another way."""
    from docker.utils import parse_host
    from testcontainers.core.docker_client import get_docker_host

    try:
        scheme, _, place = parse_host(get_docker_host() or os.environ.get("DOCKER_HOST"), os.name == "nt").partition(
            "://"
        )
    except Exception:  # The client says what is wrong with it.
        return None
    return Path(place) if scheme == "http+unix" else None


def _is_missing(place: Path) -> bool:
    """Whether there is certainly nothing; what this user may not see may be there."""
    try:
        place.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def why_not_usable(images: Iterable[str] = ()) -> str | None:
    """Why no containers of these images can be started here, as a sentence with what to do; `None` when they can.

    Nothing is pulled. Where testcontainers uses Ryuk, its image has to be there too.
    """
    if importlib.util.find_spec("testcontainers") is None:
        return "testcontainers is not installed: pip install 'idp-harness[docker]'"
    from docker.errors import DockerException, ImageNotFound
    from testcontainers.core.config import testcontainers_config as settings
    from testcontainers.core.docker_client import DockerClient

    # docker-py 7.2 leaves the socket of a connection that fails open, which warns later in somebody's test.
    if (place := _socket()) is not None and _is_missing(place):
        return f"no container engine answers (there is no {foreign(str(place))}): {_START}"
    try:
        client = DockerClient().client
    except (DockerException, OSError) as error:
        return f"no container engine answers ({foreign(error)}): {_START}"
    try:
        for image in images:
            client.images.get(image)
        if not settings.ryuk_disabled:
            image = settings.ryuk_image
            client.images.get(image)
    except ImageNotFound:
        advice = how_to_get(image)
        if image == settings.ryuk_image:
            advice += ", or TESTCONTAINERS_RYUK_DISABLED=true: then a process of the harness cleans up instead"
        return f"the image {image} is not on this machine: {advice}"
    except (DockerException, OSError) as error:
        return f"the container engine refuses to show its images: {foreign(error)}"
    finally:
        client.close()
    return None
