"""Keys are made once for the run; issuers and services live for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .issuer import Issuer, Key
from .world import World


@pytest.fixture(scope="session")
def k1() -> Key:
    """The published key."""
    return Key.rsa("k1")


@pytest.fixture(scope="session")
def k2() -> Key:
    """The next key."""
    return Key.rsa("k2")


@pytest.fixture(scope="session")
def attacker() -> Key:
    """A key nobody publishes."""
    return Key.rsa("att")


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A running issuer."""
    running = Issuer()
    yield running
    running.close()


@pytest.fixture
def world(issuer: Issuer, k1: Key, k2: Key, attacker: Key) -> Iterator[World]:
    """The issuer, publishing k1, and a way to start services."""
    made = World(issuer, k1, k2, attacker)
    yield made
    made.close()
