"""A second issuer is trusted with its own keys and no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .issuer import ISSUER, Issuer
from .world import Service, World

OTHER = "http://other.test/"


@pytest.fixture
def other(world: World) -> Iterator[Issuer]:
    """The second issuer, which publishes K2 under the kid of the first one's key."""
    running = Issuer()
    running.publish(world.k2.jwk(kid="k1"))
    yield running
    running.close()


@pytest.fixture
def service(world: World, other: Issuer) -> Service:
    """A service that trusts both."""
    return world.start(second_issuer=OTHER, second_jwks_url=other.url)


def test_each_issuer_s_tokens_are_let_in_by_turns(world: World, service: Service) -> None:
    """The same kid notwithstanding."""
    tokens = [world.k1.token(), world.k2.token({"kid": "k1"}, iss=OTHER)]
    assert [service.status(token) for token in tokens * 3] == [200] * 6


def test_an_issuer_does_not_sign_for_the_other(world: World, service: Service) -> None:
    """Keys belong to an issuer (RFC 8725 §3.8)."""
    tokens = [world.k1.token(iss=OTHER), world.k2.token({"kid": "k1"}, iss=ISSUER)]
    assert [service.status(token) for token in tokens] == [401, 401]


@pytest.mark.parametrize("name", ["http://third.test/", OTHER.rstrip("/"), "", None, [OTHER], ...])
def test_a_third_issuer_is_not_trusted(world: World, service: Service, name: object) -> None:
    """Whichever key signed."""
    tokens = [world.k1.token(iss=name), world.k2.token({"kid": "k1"}, iss=name)]
    assert [service.status(token) for token in tokens] == [401, 401]


def test_a_payload_that_names_no_issuer_is_refused(world: World, service: Service) -> None:
    """Nor is it a reason for a 500."""
    for payload in (b"", b"[]", b"{", b'"iss"'):
        assert service.status(world.k1.raw_token({"alg": "RS256", "kid": "k1"}, payload)) == 401


def test_an_outage_of_one_issuer_is_none_of_the_other(world: World, service: Service, other: Issuer) -> None:
    """The key sets are fetched and kept apart."""
    other.answer(b"", 500)
    tokens = [world.k1.token(), world.k2.token({"kid": "k1"}, iss=OTHER)]
    assert [service.status(token) for token in tokens] == [200, 401]


def test_an_unknown_kid_is_looked_for_at_its_own_issuer(world: World, service: Service, other: Issuer) -> None:
    """The other is left alone."""
    service.status(world.k2.token({"kid": "new"}, iss=OTHER))
    assert (len(world.issuer.fetches), len(other.fetches)) == (0, 1)
