"""Faults that one odd answer of the issuer brings out show, and do not show without the fault."""

from __future__ import annotations

from collections.abc import Callable

from .issuer import ISSUER, Issuer, as_json
from .mistakes import Experiment, Start
from .test_faults_key_store import TIMES, R, S, serves_garbage
from .world import World, at_once


def is_late(issuer: Issuer) -> None:
    """The answer comes after the time-out of a fetch."""
    issuer.delay_seconds = 0.5


def breaks_off(issuer: Issuer) -> None:
    """Less comes than was announced."""
    issuer.answer(b"{", headers={"Content-Length": "100"})


def waits(value: str) -> Callable[[Issuer], None]:
    """The issuer asks for a rest."""
    return lambda issuer: issuer.answer(b"", 503, {"Retry-After": value})


def not_modified(issuer: Issuer) -> None:
    """Nobody has asked for that."""
    issuer.answer(b"", 304)


def stays_shut(answer: Callable[[Issuer], None]) -> Experiment:
    """One such answer, and good keys are never fetched again."""

    def experiment(world: World, start: Start) -> bool:
        service = start(**TIMES, jwks_fetch_timeout_seconds=0.2)
        assert service.status(world.k1.token()) == 200
        answer(world.issuer)
        world.clock.advance(R + S + 1)
        service.status(world.k1.token())
        world.issuer.delay_seconds = 0.0
        world.issuer.publish(world.k1)
        world.clock.advance(R + S + 1)
        return service.status(world.k1.token(exp=2**40)) == 401

    return experiment


def is_answered(answer: Callable[[Issuer], None], status: int) -> Experiment:
    """What the first request after such an answer gets, for which the known keys are good."""

    def experiment(world: World, start: Start) -> bool:
        service = start(**TIMES)
        assert service.status(world.k1.token()) == 200
        answer(world.issuer)
        world.clock.advance(R + 0.5)
        return service.status(world.k1.token()) == status

    return experiment


def looks_in_a_cache(world: World, start: Start) -> bool:
    """A key that was published a moment ago is not found, as the old set is fresh."""
    world.issuer.answer(as_json({"keys": [world.k1.jwk()]}), headers={"Cache-Control": "max-age=60"})
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k1, world.k2)
    return service.status(world.k2.token()) == 401


def reads_no_set_with(value: str) -> Experiment:
    """A key set under this Cache-Control is none."""

    def experiment(world: World, start: Start) -> bool:
        world.issuer.answer(as_json({"keys": [world.k1.jwk()]}), headers={"Cache-Control": value})
        return start().status(world.k1.token()) == 401

    return experiment


def asks_without_the_query(world: World, start: Start) -> bool:
    """Only the path is asked for."""
    assert start(jwks_url=f"{world.issuer.url}?p=sign-in").status(world.k1.token()) == 200
    return world.issuer.paths == ["/jwks.json"]


def allows_what_is_listed(world: World, start: Start) -> bool:
    """A token with an algorithm that only the metadata know is let in."""
    listed = {"issuer": ISSUER, "jwks_uri": world.issuer.url, "id_token_signing_alg_values_supported": ["RS384"]}
    metadata = Issuer()
    metadata.answer(as_json(listed))
    world.issuer.publish(world.k1.jwk(alg=...))
    try:
        service = start(discovery_url=metadata.url)
        assert service.status(world.k1.token()) == 200
        return service.status(world.k1.token(alg="RS384")) == 200
    finally:
        metadata.close()


def refuses_while_it_fetches(world: World, start: Start) -> bool:
    """A known key is unknown while the set is asked for another one."""
    service, token = start(), world.k1.token()
    assert service.status(token) == 200
    world.issuer.hold()

    def known() -> int:
        assert world.issuer.wait_for_fetches(2)
        try:
            return service.status(token)
        finally:
            world.issuer.release()

    return at_once([known, lambda: service.status(world.attacker.token())])[0] == 401


def keeps_one_generation(world: World, start: Start) -> bool:
    """A key that is no longer published is used until the set is fetched once more."""
    service = start(**TIMES)
    assert service.status(world.k1.token()) == 200
    world.issuer.publish(world.k2)
    world.clock.advance(R + 1)
    first = service.status(world.k1.token())
    world.clock.advance(R + 1)
    return (first, service.status(world.k1.token(exp=2**40))) == (200, 401)


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-late-answer-ends-refresh": stays_shut(is_late),
    "m-garbage-ends-refresh": stays_shut(serves_garbage),
    "m-broken-connection-ends-refresh": stays_shut(breaks_off),
    "m-retry-after-no-number-500": (is_answered(waits("soon"), 500), is_answered(waits("-1"), 500)),
    "m-retry-after-no-number-ends-refresh": stays_shut(waits("Wed, 21 Oct 2015 07:28:00 GMT")),
    "m-304-empties-keys": is_answered(not_modified, 401),
    "m-http-cache-before-fetch": looks_in_a_cache,
    "m-cache-control-unread": (reads_no_set_with("max-age=soon"), reads_no_set_with('max-age="60"')),
    "m-jwks-url-query-dropped": asks_without_the_query,
    "m-metadata-allow-algorithms": allows_what_is_listed,
    "m-no-keys-while-fetching": refuses_while_it_fetches,
    "m-one-generation-kept": keeps_one_generation,
}
