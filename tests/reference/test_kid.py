"""The kid is a string to compare, exactly."""

from __future__ import annotations

from typing import Any

import pytest

from .issuer import hmac_token
from .world import World


def test_each_published_key_is_found_by_its_kid(world: World) -> None:
    """With one fetch for both."""
    world.issuer.publish(world.k1, world.k2)
    service = world.start()
    assert [service.status(key.token()) for key in (world.k1, world.k2)] == [200, 200]
    assert len(world.issuer.fetches) == 1


def test_an_unknown_kid_is_refused_after_one_fetch(world: World) -> None:
    """The set that was just fetched is not fetched again."""
    assert world.start().status(world.attacker.token()) == 401
    assert len(world.issuer.fetches) == 1


def test_without_kid_every_published_key_is_tried(world: World) -> None:
    """RFC 7515 §4.1.4: kid is optional."""
    world.issuer.publish(world.k2, world.k1)
    assert world.start().status(world.k1.token({"kid": ...})) == 200


def test_without_kid_an_unpublished_key_is_refused(world: World) -> None:
    """Trying all keys is not skipping verification."""
    assert world.start().status(world.attacker.token({"kid": ...})) == 401


@pytest.mark.parametrize("kid", [1, None, True, ["k1"], {"k": "k1"}, 1.0])
def test_a_kid_that_is_no_text_is_refused(world: World, kid: Any) -> None:
    """401, not 5xx."""
    assert world.start().status(world.k1.token({"kid": kid})) == 401


def test_an_empty_kid_is_a_kid_like_any_other(world: World) -> None:
    """It selects the key that is published with it, and nothing where there is none."""
    token = world.k1.token({"kid": ""})
    assert world.start().status(token) == 401
    world.issuer.publish(world.k1.jwk(kid=""))
    assert world.start().status(token) == 200


@pytest.mark.parametrize("kid", ["K1", " k1", "k1 ", "k1\0", "k1\n", "Ｋ1", "k1/", "k10"])
def test_a_kid_that_is_nearly_right_is_refused(world: World, kid: str) -> None:
    """RFC 7517 §4.5: a case-sensitive string."""
    assert world.start().status(world.k1.token({"kid": kid})) == 401


def test_the_kid_of_another_published_key_is_refused(world: World) -> None:
    """The key is the one the kid names."""
    world.issuer.publish(world.k1, world.k2)
    assert world.start().status(world.k1.token({"kid": "k2"})) == 401


@pytest.mark.parametrize("kid", ["../../../../../../dev/null", "/dev/null", "x' UNION SELECT '';--"])
def test_a_kid_is_neither_a_path_nor_a_query(world: World, kid: str) -> None:
    """The empty content of /dev/null is no secret."""
    assert world.start().status(hmac_token(b"", {"kid": kid})) == 401


def test_a_very_long_kid_costs_no_fetch(world: World) -> None:
    """Bounded work for strangers."""
    service = world.start()
    assert service.status(world.k1.token()) == 200
    assert service.status(world.attacker.token({"kid": "x" * 4096})) == 401
    assert len(world.issuer.fetches) == 1


@pytest.mark.parametrize("header", [{"kid": "whatever"}, {"kid": ...}], ids=["some kid", "no kid"])
def test_with_a_configured_key_the_kid_selects_nothing(world: World, header: dict[str, Any]) -> None:
    """One key, no choice, no fetch."""
    service = world.start(verification_method="public_key", public_key_pem=world.k1.pem().decode())
    assert service.status(world.k1.token(header)) == 200
    assert service.status(world.attacker.token(header)) == 401
    assert world.issuer.fetches == []
