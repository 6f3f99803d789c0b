"""The container engine: whether it can be used here, and whether images are there."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

from harness.engine.images import how_to_get
from harness.shown.foreign_text import foreign


def why_not_usable(images: Iterable[str] = ()) -> str | None:
    """Why no containers of these images can be started here, as a sentence with what to do; `None` when they can.

    Nothing is pulled. Where testcontainers uses Ryuk, its image has to be there too.
    """
    if importlib.util.find_spec("testcontainers") is None:
        return "testcontainers is not installed: pip install 'idp-harness[docker]'"
    from docker.errors import DockerException, ImageNotFound
    from testcontainers.core.config import testcontainers_config as settings
    from testcontainers.core.docker_client import DockerClient

    try:
        client = DockerClient().client
    except (DockerException, OSError) as error:
        return f"no container engine answers ({foreign(error)}): start Docker, or say in DOCKER_HOST where it is"
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
