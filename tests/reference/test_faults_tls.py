"""The fault in the protocol of the connection over which keys come, against a server that the service trusts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from harness.tls_front import TlsFront

from .world import World


@pytest.fixture
def front(world: World) -> Iterator[TlsFront]:
    front = TlsFront(world.issuer.url, lambda port: f"https://localhost:{port}")
    yield front
    front.close()


def status(world: World, front: TlsFront, *faults: str) -> int:
    """What the plain token gets from a service whose keys are behind the front."""
    address = front.url + urlsplit(world.issuer.url).path
    return world.start(*faults, jwks_url=address, ca_file=front.ca_file).status(world.k1.token())


def test_the_fault_shows(world: World, front: TlsFront) -> None:
    """With the fault a key that came over TLS 1.0 is used."""
    front.present("tls-1.0")
    assert status(world, front, "m-old-tls-accepted") == 200


def test_nothing_shows_without_the_fault(world: World, front: TlsFront) -> None:
    """Without it, no key came."""
    front.present("tls-1.0")
    assert status(world, front) == 401


@pytest.mark.parametrize("faults", [(), ("m-old-tls-accepted",)])
def test_a_current_protocol_is_spoken_as_ever(world: World, front: TlsFront, faults: tuple[str, ...]) -> None:
    """A fault is one mistake: where the server is up to date nobody notices it."""
    assert status(world, front, *faults) == 200


@pytest.mark.parametrize("kind", ["self-signed", "wrong-host", "expired", "unknown-ca"])
def test_the_fault_is_about_the_protocol_alone(world: World, front: TlsFront, kind: str) -> None:
    """Certificates are verified all the same."""
    front.present(kind)
    assert status(world, front, "m-old-tls-accepted") == 401
