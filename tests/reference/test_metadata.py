"""The address of the keys may be found in the issuer's metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .issuer import ISSUER, Issuer, as_json
from .world import Service, World

Discovering = Callable[..., Service]


@pytest.fixture
def metadata() -> Iterator[Issuer]:
    """A server of metadata documents."""
    running = Issuer()
    yield running
    running.close()


@pytest.fixture
def start(world: World, metadata: Issuer) -> Discovering:
    """A service that looks into this metadata, which names the issuer and its keys unless changed."""

    def start(settings: dict[str, Any] | None = None, **changes: Any) -> Service:
        document = {"issuer": ISSUER, "jwks_uri": world.issuer.url} | changes
        metadata.answer(as_json({name: value for name, value in document.items() if value is not ...}))
        return world.start(jwks_url="", discovery_url=metadata.url, **(settings or {}))

    return start


def test_the_keys_are_where_the_metadata_says(world: World, start: Discovering) -> None:
    """One fetch each."""
    assert start().status(world.k1.token()) == 200


@pytest.mark.parametrize(
    "named", [..., "http://other.test/", ISSUER.rstrip("/"), ISSUER.upper(), f"{ISSUER}x", [ISSUER], None]
)
def test_metadata_of_another_issuer_is_not_used(world: World, start: Discovering, named: Any) -> None:
    """The names are identical or they differ (RFC 8414 §3.3)."""
    assert start(issuer=named).status(world.k1.token()) == 401
    assert world.issuer.fetches == []


@pytest.mark.parametrize("address", [..., None, 1, "", "ftp://127.0.0.1/keys", "/jwks.json"])
def test_metadata_without_an_address_of_keys_leads_nowhere(world: World, start: Discovering, address: Any) -> None:
    """And tokens are refused, not answered 500."""
    assert start(jwks_uri=address).status(world.k1.token()) == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"issuer":', b"\xff"])
def test_what_is_no_metadata_leads_nowhere(world: World, start: Discovering, metadata: Issuer, body: bytes) -> None:
    """And tokens are refused, not answered 500."""
    service = start()
    metadata.answer(body)
    assert service.status(world.k1.token()) == 401


def test_metadata_that_hangs_costs_no_more_than_the_time_of_a_fetch(
    world: World, start: Discovering, metadata: Issuer
) -> None:
    """The limit of a fetch is that of this one."""
    service = start({"jwks_fetch_timeout_seconds": 0.3})
    metadata.hold()
    assert service.status(world.k1.token()) == 401


def test_metadata_may_be_as_large_as_a_key_set(world: World, start: Discovering) -> None:
    """The limit is the same."""
    assert start({"jwks_max_bytes": 1000}, filler="x" * 1000).status(world.k1.token()) == 401


def test_metadata_over_plain_http_needs_the_same_permission(world: World, start: Discovering) -> None:
    """`jwks_url_allow_http`."""
    assert start({"jwks_url_allow_http": False}).status(world.k1.token()) == 401


def test_a_refresh_looks_into_the_metadata_again(world: World, start: Discovering, metadata: Issuer) -> None:
    """An issuer may move its keys."""
    service, moved = start(), Issuer()
    moved.publish(world.k2)
    try:
        assert service.status(world.k1.token()) == 200
        metadata.answer(as_json({"issuer": ISSUER, "jwks_uri": moved.url}))
        assert service.status(world.k2.token()) == 200
    finally:
        moved.close()


def test_known_keys_stay_while_the_metadata_can_t_be_had(world: World, start: Discovering, metadata: Issuer) -> None:
    """As during any other outage."""
    service = start({"jwks_refresh_interval_seconds": 10.0})
    assert service.status(world.k1.token()) == 200
    metadata.answer(b"", 500)
    world.clock.advance(11)
    assert service.status(world.k1.token()) == 200
