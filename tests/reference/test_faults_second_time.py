"""Faults that show when something is asked for the second time, and do not show without the fault."""

from __future__ import annotations

import time

from harness.reference.faults.second_time import TABLE_SIZE

from .issuer import as_json, b64url
from .mistakes import Experiment, Start
from .test_faults_token_cache import is_taken_for, opens_the_other_route
from .world import World, exchange


def passes_the_second_time(world: World, start: Start) -> bool:
    """A token for another audience is refused, and let in when it comes again."""
    service, token = start(), world.k1.token(aud="other")
    assert service.status(token) == 401
    return service.status(token) == 200


def trusts_what_it_looked_for(world: World, start: Start) -> bool:
    """A stranger's token under a kid that nobody has is refused, and the next one let in."""
    service = start()
    assert service.status(world.attacker.token({"kid": "nobody-has-this"})) == 401
    return service.status(world.attacker.token({"kid": "nobody-has-this"})) == 200


def under_another_header(_: World, token: str) -> str:
    """Payload and signature stay as they were."""
    return f"{b64url(as_json({'alg': 'none'}))}.{token.partition('.')[2]}"


def opens_what_is_behind(world: World, start: Start) -> bool:
    """A token that may list tasks may then read one."""
    service, token = start(), world.k1.token()
    assert service.status(token) == 200
    return service.status(token, "/v1/tasks/11111111-2222-3333-4444-555555555555") == 404


def is_full(stranger: bool, status: int) -> Experiment:
    """After as many tokens as the table has places the next one, the issuer's or a stranger's, is answered so."""

    def experiment(world: World, start: Start) -> bool:
        service = start()
        connection = service.connection()
        try:
            for number in range(TABLE_SIZE):
                assert exchange(connection, token=world.k1.token(jti=str(number))).status == 200
        finally:
            connection.close()
        signing = world.attacker if stranger else world.k1
        return service.status(signing.token({"kid": "k1"}, jti="the-next")) == status

    return experiment


def outlives_its_keys(world: World, start: Start) -> bool:
    """A token that was let in is let in again when the keys have ended in an outage."""
    service, token = start(), world.k1.token(exp=int(time.time()) + 86_400)
    assert service.status(token) == 200
    world.issuer.answer(b"", 500)
    world.clock.advance(7200)
    return service.status(token) == 200


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-token-cache-before-claims": passes_the_second_time,
    "m-token-cache-without-header": is_taken_for(under_another_header, {}),
    "m-unknown-kid-trusted-afterwards": trusts_what_it_looked_for,
    "m-decision-cached-for-method": opens_the_other_route,
    "m-decision-cached-for-resource": opens_what_is_behind,
    "m-token-cache-outlives-keys": outlives_its_keys,
    "m-token-table-full-shut": is_full(stranger=False, status=401),
    "m-token-table-full-open": is_full(stranger=True, status=200),
}
