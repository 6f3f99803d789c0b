"""Under the guard, keys are not fetched from this machine or its network."""

from __future__ import annotations

import pytest

from harness.reference.private_hosts import is_private

from .issuer import ISSUER, Issuer, as_json
from .world import World

PRIVATE = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "idp.localhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_a_local_host_is_known_by_its_spelling(host: str) -> None:
    """Each of them leads to this machine or its network."""
    assert is_private(host)


@pytest.mark.parametrize(
    "host", ["idp.tasker.test", "8.8.8.8", "2606:4700::1111", "localhost.example.com", "10.example"]
)
def test_any_other_host_is_not(host: str) -> None:
    """A name is not resolved."""
    assert not is_private(host)


def test_without_the_guard_keys_may_come_from_this_machine(world: World) -> None:
    """It is off unless asked for."""
    assert world.start().status(world.k1.token()) == 200


def test_with_the_guard_nobody_is_asked(world: World) -> None:
    """And no token is accepted."""
    assert world.start(guard_private_hosts=True).status(world.k1.token()) == 401
    assert world.issuer.fetches == []


def test_the_guard_concerns_metadata_too(world: World) -> None:
    """It leads to an address that a stranger may have chosen."""
    metadata = Issuer()
    metadata.answer(as_json({"issuer": ISSUER, "jwks_uri": world.issuer.url}))
    try:
        service = world.start(jwks_url="", discovery_url=metadata.url, guard_private_hosts=True)
        assert service.status(world.k1.token()) == 401
    finally:
        metadata.close()
    assert metadata.fetches == []
