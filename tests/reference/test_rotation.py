"""The key set over time: refreshed, replaced, kept through an outage, and fetched sparingly."""

from __future__ import annotations

import threading

import pytest

from .issuer import Key, as_json
from .world import World, at_once

R, S, C = 3.0, 6.0, 0.5
TIMES = {"jwks_refresh_interval_seconds": R, "jwks_max_stale_seconds": S, "unknown_kid_cooldown_seconds": C}
GARBAGE = [b"<html>login</html>", b"", b'{"keys":[', b'{"error":"x"}', b"[]", b"null", b'{"keys":{}}', b"\xef\xbb\xbf"]


def test_keys_are_cached(world: World) -> None:
    """Twenty requests, one fetch."""
    service, token = world.start(), world.k1.token()
    assert {service.status(token) for _ in range(20)} == {200}
    assert len(world.issuer.fetches) == 1


def test_nothing_is_fetched_before_the_first_token(world: World) -> None:
    """Seed: on first request."""
    service = world.start()
    assert service.status() == 401
    assert world.issuer.fetches == []


def test_a_new_key_is_found_at_once(world: World) -> None:
    """An unknown kid triggers a refresh, and the old key still works."""
    service = world.start()
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k1, world.k2)
    assert [service.status(world.k2.token()), service.status(world.k1.token())] == [200, 200]
    assert len(world.issuer.fetches) == 2


def test_a_withdrawn_key_dies_within_the_interval(world: World) -> None:
    """Without anybody presenting the new one."""
    service, token = world.start(**TIMES), world.k1.token()
    assert service.status(token) == 200
    world.issuer.publish(world.k2)
    world.clock.advance(R + 1)
    assert service.status(token) == 401


def test_a_refresh_replaces_the_set(world: World) -> None:
    """What the new key brought about ends the old one."""
    service = world.start()
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k2)
    assert [service.status(world.k2.token()), service.status(world.k1.token())] == [200, 401]


def test_a_rollback_is_followed(world: World) -> None:
    """No memory of removed or added keys."""
    service = world.start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k2)
    assert service.status(world.k2.token()) == 200
    world.issuer.publish(world.k1)
    world.clock.advance(R + 1)
    assert [service.status(world.k1.token()), service.status(world.k2.token())] == [200, 401]


def test_a_kid_may_get_another_key(world: World) -> None:
    """The published set is the truth after the interval."""
    service, other = world.start(**TIMES), Key("k1", world.k2.private)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(other)
    world.clock.advance(R + 1)
    assert [service.status(other.token()), service.status(world.k1.token())] == [200, 401]


def test_strangers_do_not_drive_the_issuer(world: World) -> None:
    """Thirty unknown kids, two fetches at most."""
    service = world.start(unknown_kid_cooldown_seconds=60.0)
    assert {service.status(world.attacker.token({"kid": f"u-{i}"})) for i in range(30)} == {401}
    assert len(world.issuer.fetches) <= 2


def test_a_storm_of_unknown_kids_is_one_fetch(world: World) -> None:
    """Misses share a refresh as hits do."""
    service = world.start()
    assert service.status(world.k1.token()) == 200
    world.issuer.delay_seconds = 0.3
    tokens = [world.attacker.token({"kid": f"u-{i}"}) for i in range(12)]
    assert at_once([lambda token=token: service.status(token) for token in tokens]) == [401] * 12
    assert len(world.issuer.fetches) == 2


def test_known_keys_do_not_wait_for_unknown_ones(world: World) -> None:
    """While the issuer is silent, the good token is served."""
    service, token = world.start(), world.k1.token()
    assert service.status(token) == 200
    world.issuer.hold()

    def known() -> int:
        assert world.issuer.wait_for_fetches(2)
        status = service.status(token, timeout=1)
        world.issuer.release()
        return status

    assert at_once([lambda: service.status(world.attacker.token()), known]) == [401, 200]


def test_a_refresh_that_began_before_the_question_does_not_answer_it(world: World) -> None:
    """A key published while a timed refresh is under way is found by its first token."""
    service = world.start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.clock.advance(R + 0.1)
    world.issuer.hold()

    def rotate() -> int:
        assert world.issuer.wait_for_fetches(2)
        world.issuer.publish(world.k1, world.k2)
        threading.Timer(0.2, world.issuer.release).start()  # By then the token below waits for the refresh.
        return service.status(world.k2.token())

    assert at_once([lambda: service.status(world.k1.token()), rotate]) == [200, 200]
    assert len(world.issuer.fetches) == 3


def test_a_flood_does_not_hide_a_new_key(world: World) -> None:
    """After the cool-down it is found."""
    service = world.start(**TIMES)
    for i in range(50):
        service.status(world.attacker.token({"kid": f"u-{i}"}))
    world.issuer.publish(world.k1, world.k2)
    world.clock.advance(C)
    assert service.status(world.k2.token()) == 200


def test_an_unknown_kid_may_become_known(world: World) -> None:
    """A miss is not remembered beyond the cool-down."""
    service = world.start(**TIMES)
    assert service.status(world.k2.token()) == 401
    world.issuer.publish(world.k2)
    world.clock.advance(C)
    assert service.status(world.k2.token()) == 200


def test_a_fruitful_look_starts_no_cool_down(world: World) -> None:
    """Two rotations in a row are both followed at once."""
    service, k3 = world.start(), Key("k3", world.attacker.private)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k2)
    assert service.status(world.k2.token()) == 200
    world.issuer.publish(k3)
    assert service.status(k3.token()) == 200


def test_a_herd_at_expiry_is_one_fetch(world: World) -> None:
    """And everybody in it is let in."""
    service, token = world.start(**TIMES), world.k1.token()
    assert service.status(token) == 200
    world.clock.advance(R + 0.1)
    world.issuer.delay_seconds = 0.2
    assert at_once([lambda: service.status(token)] * 20) == [200] * 20
    assert len(world.issuer.fetches) == 2


@pytest.mark.parametrize("status", [404, 401, 403, 429, 500, 502, 204, 302])
def test_any_other_status_is_an_outage(world: World, status: int) -> None:
    """Known keys live on for the stale window, and no longer."""
    service, token = world.start(**TIMES), world.k1.token()
    assert service.status(token) == 200
    world.issuer.answer(b"", status)
    world.clock.advance(R + 1)
    assert service.status(token) == 200
    world.clock.advance(S)
    assert service.status(token) == 401


@pytest.mark.parametrize("body", GARBAGE)
def test_garbage_is_an_outage(world: World, body: bytes) -> None:
    """A 200 alone is no key set."""
    service, token = world.start(**TIMES), world.k1.token()
    assert service.status(token) == 200
    world.issuer.answer(body)
    world.clock.advance(R + 1)
    assert service.status(token) == 200


def test_an_empty_set_is_an_answer(world: World) -> None:
    """It retires everything."""
    service, token = world.start(**TIMES), world.k1.token()
    assert service.status(token) == 200
    world.issuer.publish()
    world.clock.advance(R + 1)
    assert service.status(token) == 401


def test_without_a_stale_window_an_outage_shuts_at_once(world: World) -> None:
    """jwks_max_stale_seconds = 0."""
    service = world.start(jwks_refresh_interval_seconds=R, jwks_max_stale_seconds=0.0)
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(b"", 500)
    world.clock.advance(R + 1)
    assert service.status(world.k1.token()) == 401


def test_an_unknown_kid_is_refused_during_an_outage(world: World) -> None:
    """The stale window is for known keys."""
    service = world.start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(b"", 500)
    assert [service.status(world.attacker.token()), service.status(world.k1.token())] == [401, 200]


def test_an_outage_is_not_hammered(world: World) -> None:
    """Fifty requests, one failed try."""
    service, token = world.start(failed_refresh_backoff_seconds=60.0, **TIMES), world.k1.token()
    assert service.status(token) == 200
    world.issuer.answer(b"", 500)
    world.clock.advance(R + 1)
    assert {service.status(token) for _ in range(50)} == {200}
    assert len(world.issuer.fetches) == 2


def test_the_issuer_may_ask_to_be_left_alone(world: World) -> None:
    """Retry-After is longer than the back-off."""
    service, token = world.start(**TIMES), world.k1.token()
    assert service.status(token) == 200
    world.issuer.answer(b"", 429, {"Retry-After": "5"})
    world.clock.advance(R + 1)
    for _ in range(2):
        assert service.status(token) == 200
        world.clock.advance(2)
    assert len(world.issuer.fetches) == 2


def test_an_outage_that_ends_is_over(world: World) -> None:
    """No restart is needed."""
    service = world.start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.answer(b"", 500)
    world.clock.advance(R + S + 1)
    assert service.status(world.k1.token()) == 401
    world.issuer.publish(world.k1)
    world.clock.advance(1)
    assert service.status(world.k1.token()) == 200


@pytest.mark.parametrize("body", [*GARBAGE, as_json({"keys": []})])
def test_a_bad_start_is_survived(world: World, body: bytes) -> None:
    """Nobody gets in, health is 200, and a good set is found later."""
    service = world.start(**TIMES)
    world.issuer.answer(body)
    assert [service.status(world.k1.token()), service.status(path="/health")] == [401, 200]
    world.issuer.publish(world.k1)
    world.clock.advance(1)
    assert service.status(world.k1.token()) == 200


def test_a_silent_issuer_costs_the_timeout_once(world: World) -> None:
    """Twenty requests in the stale window wait together."""
    service, token = world.start(jwks_fetch_timeout_seconds=0.3, **TIMES), world.k1.token()
    assert service.status(token) == 200
    world.clock.advance(R + 0.5)
    world.issuer.hold()
    assert at_once([lambda: service.status(token, timeout=1.3)] * 20) == [200] * 20


def test_a_bad_signature_is_no_reason_to_fetch(world: World) -> None:
    """The kid is known."""
    service = world.start()
    for _ in range(10):
        assert service.status(world.attacker.token({"kid": "k1"})) == 401
    assert len(world.issuer.fetches) == 1
