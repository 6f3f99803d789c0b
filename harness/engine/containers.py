"""Starting containers, waiting until they answer, and ending them; with errors that say what to do."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_network

from docker.errors import APIError, DockerException, NotFound
from testcontainers.core.config import ConnectionMode
from testcontainers.core.container import DockerContainer

from harness.base.errors import TargetError
from harness.engine.container_engine import why_not_usable
from harness.processes.ports import LOOPBACK
from harness.processes.readiness import health_state, wait_until
from harness.shown.foreign_text import ForeignText, foreign

_TAIL_BYTES = 64 * 1024
# A container may write without end: the engine keeps as much of its log as the harness of a process's. Each engine has
# this driver, whatever its default is.
LOG_CONFIG = {"type": "json-file", "config": {"max-size": "16m"}}


@contextlib.contextmanager
def clear_errors(image: str) -> Iterator[None]:
    """Turn what the engine says in this block into a `TargetError` with what to do about it."""
    try:
        yield
    except (DockerException, OSError) as error:
        reason = why_not_usable([image]) or getattr(error, "explanation", None) or error
        raise TargetError(f"no container of the image {image} can be started: {foreign(reason)}") from error


def publish(container: DockerContainer, port: int, host_port: int | None = None) -> None:
    """Let this machine reach a TCP port of the container: on `host_port`, or on one that the engine chooses.

    Only this machine, where the engine runs on it.
    """
    if is_local(container):
        # More than testcontainers' own annotation has: docker-py also takes an address with the port.
        container.ports[f"{port}/tcp"] = (LOOPBACK, host_port)  # type: ignore[assignment]
    else:
        container.ports[f"{port}/tcp"] = host_port


def is_local(container: DockerContainer) -> bool:
    """Whether published ports of the container are ports of this machine."""
    client = container.get_docker_client()
    return client.get_connection_mode() is ConnectionMode.docker_host and client.host() in ("localhost", LOOPBACK)


def host_of_ports(container: DockerContainer) -> str | None:
    """The host of which published ports of the container will be ports, before it runs; `None` when they won't be.

    A process that is in a container itself reaches the engine's machine at the gateway of a network, or other
    containers only directly, at addresses that they get when they start.
    """
    client = container.get_docker_client()
    mode = client.get_connection_mode()
    if mode is ConnectionMode.docker_host:
        return LOOPBACK if is_local(container) else client.host()
    if mode is ConnectionMode.gateway_ip:
        pools = client.client.networks.get("bridge").attrs["IPAM"]["Config"]
        # An engine that has never run a container does not name the gateway yet; it takes the first address.
        return next((str(one.get("Gateway") or ip_network(one["Subnet"])[1]) for one in pools), None)
    return None


def base_url(container: DockerContainer, port: int) -> str:
    """Where this process reaches a published port of a running container; `http://127.0.0.1:PORT` as a rule."""
    host = container.get_container_host_ip()
    if container.get_docker_client().get_connection_mode().use_mapped_port:
        port = int(container.get_docker_client().port(container.get_container_id(), port))
    return f"http://{LOOPBACK if host == 'localhost' else host}:{port}"


def wait_until_ready(container: DockerContainer, what: str, missing: Callable[[], str | None], seconds: float) -> None:
    """Return once `missing` returns `None`. Raises `TargetError` with the container's log when it ends or time is up.

    `what` names it in the message; `missing` says what is not there yet.
    """
    pause = threading.Event()  # Nothing sets it: the wait is for the container, with a deadline.

    def ended(pause_seconds: float) -> bool:
        pause.wait(pause_seconds)
        return not is_running(container)

    state = wait_until(missing, ended, seconds)
    if state is None:
        return
    if is_running(container):
        raise TargetError(f"{what} was not ready within {seconds:g} s; last state: {state}", log_tail(container))
    status = container.get_wrapped_container().attrs["State"]["ExitCode"]
    raise TargetError(f"{what} ended with status {status} while starting", log_tail(container))


def wait_until_healthy(container: DockerContainer, what: str, port: int, path: str, seconds: float) -> str:
    """The address of a container's `port` for this process, once `path` answers 200 there.

    Raises as `wait_until_ready`.
    """
    url = ""

    def missing() -> str | None:
        nonlocal url
        try:
            url = base_url(container, port)
        except ConnectionError as error:  # A container that ended has no ports any more.
            return str(foreign(error))
        healthy, state = health_state(url, path)
        return None if healthy else state

    with clear_errors(container.image):
        wait_until_ready(container, what, missing, seconds)
    return url


def is_running(container: DockerContainer) -> bool:
    try:
        container.reload()
    except NotFound:
        return False
    return container.status == "running"


def log_tail(container: DockerContainer, lines: int = 40) -> ForeignText:
    """The last lines of its log (of at most 64 KiB); "" when it is gone."""
    return ForeignText(end_of(log_parts(container, lines), _TAIL_BYTES)).last_lines(lines)


def log_parts(container: DockerContainer, lines: int | None = None) -> Iterator[bytes]:
    """Its log so far, or the last lines of it, as it comes from the engine; nothing when the container is gone."""
    with contextlib.suppress(DockerException, OSError, RuntimeError):
        tail = "all" if lines is None else lines
        yield from container.get_wrapped_container().logs(tail=tail, stream=True, follow=False)


def end_of(parts: Iterable[bytes], most: int) -> bytes:
    """The last `most` bytes of the parts; no more than that and one part is held."""
    kept, size = deque[bytes](), 0
    for part in parts:
        kept.append(part)
        size += len(part)
        while size - len(kept[0]) >= most:
            size -= len(kept.popleft())
    return b"".join(kept)[-most:]


def remove(container: DockerContainer) -> None:
    """End the container at once and remove it with its volumes; returns when that is done. May be called again.

    Raises `TargetError` when the engine can't.
    """
    try:
        container.stop()
    except NotFound:
        pass
    except APIError as error:
        if error.status_code != 409:  # Its removal is in progress already.
            raise TargetError(
                f"the container {container.get_container_id()} can't be removed: {foreign(error)}"
            ) from error
    except (DockerException, OSError) as error:
        raise TargetError(f"the container engine went away: {foreign(error)}") from error
