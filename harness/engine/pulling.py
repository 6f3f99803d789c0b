"""An image that somebody has named, fetched where it isn't on this machine."""

from __future__ import annotations

from collections.abc import Callable

from harness.base.errors import TargetError
from harness.engine.container_engine import why_not_usable
from harness.shown.foreign_text import foreign


def pull_image(image: str, say: Callable[[str], None]) -> None:
    """Pull `image` unless it is here; `say` gets a line before. Raises `TargetError` with what the registry says."""
    if reason := why_not_usable():
        raise TargetError(reason)
    from docker.errors import DockerException, ImageNotFound
    from testcontainers.core.docker_client import DockerClient

    client = DockerClient().client
    try:
        try:
            client.images.get(image)
        except ImageNotFound:
            say(f"pulling {image}")
            client.images.pull(image)
    except (DockerException, OSError) as error:
        said = getattr(error, "explanation", None) or error
        raise TargetError(f"the image {image} is not here and can't be pulled: {foreign(said)}") from error
    finally:
        client.close()
