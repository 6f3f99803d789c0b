"""Faults in reading requests, and in what answers tell, show, and do not show without the fault."""

from __future__ import annotations

import socket
import time

from .mistakes import Experiment, Start
from .world import FULL_KEY, Service, World, exchange


def raw(service: Service, request: bytes) -> bytes:
    """The first piece of the answer to these bytes."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(65536)


def whole(service: Service, requests: bytes) -> bytes:
    """Everything that is answered to these bytes until the service hangs up."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(requests)
        with connection.makefile("rb") as answers:
            return answers.read()


def blocks_everybody(world: World, start: Start) -> bool:
    """While somebody has sent half a request, nobody else gets an answer."""
    service = start()
    assert service.status(world.k1.token()) == 200
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as half:
        half.sendall(b"GET /health HTT")
        for _ in range(20):  # It may take a moment until the half has been read.
            try:
                service.status(world.k1.token(), timeout=1.5)
            except TimeoutError:
                return True
    return False


def an_idle_connection_blocks(world: World, start: Start) -> bool:
    """An open connection on which nothing is sent keeps the others waiting."""
    service = start()
    with socket.create_connection(("127.0.0.1", service.port), timeout=10):
        return service.status(world.k1.token()) != 200


def trusts_the_old_protocol(world: World, start: Start) -> bool:
    """HTTP/1.0 needs no credentials."""
    return raw(start(), b"GET /v1/tasks HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")


def cleans_up(character: bytes) -> Experiment:
    """The mistake is to let in a token with this in it."""

    def experiment(world: World, start: Start) -> bool:
        token = world.k1.token().encode()
        request = b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token[:9] + character + token[9:]
        return raw(start(), request + b"\r\n\r\n").startswith(b"HTTP/1.1 200")

    return experiment


def lends_credentials(world: World, start: Start) -> bool:
    """The second of two requests sent at once has no credentials and is let in."""
    first = f"GET /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.k1.token()}\r\n\r\n"
    second = "GET /v1/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = whole(start(), (first + second).encode())
    assert answers.count(b"HTTP/1.1 ") == 2
    return answers.count(b"HTTP/1.1 200") == 2


def tells_reasons_apart(world: World, start: Start) -> bool:
    """Two bad tokens get different answers."""
    service = start()
    tokens = (world.k1.token(exp=1), world.k1.token(aud="other"), world.attacker.token({"kid": "k1"}), "garbage")
    return len({service.ask(token=token).body for token in tokens}) > 1


def tells_in_the_challenge(world: World, start: Start) -> bool:
    """Two bad tokens get different challenges."""
    service = start()
    tokens = (world.k1.token(exp=1), world.k1.token(aud="other"))
    return len({service.ask(token=token).headers["WWW-Authenticate"] for token in tokens}) > 1


def tells_the_time(world: World, start: Start) -> bool:
    """A key whose first half is right costs a millisecond of processor time more than one that is all wrong."""
    service = start()

    def cheapest(key: str) -> float:
        costs = []
        for _ in range(15):
            began = time.process_time()
            assert service.status(headers={"X-API-Key": key}) == 401
            costs.append(time.process_time() - began)
        return min(costs)

    return cheapest(FULL_KEY[:-1] + "#") - cheapest("#" * len(FULL_KEY)) > 0.001


def shows_private_members(world: World, start: Start) -> bool:
    """A private member that the issuer leaked is in /config."""
    world.issuer.publish(world.k1.jwk(d="leaked-private-exponent"))
    service = start(config_endpoint_enabled=True)
    answer = service.ask("/config", world.k1.token(permissions=["system:config_read"]))
    assert answer.status == 200
    return b"leaked-private-exponent" in answer.body


def shows_its_secrets(world: World, start: Start) -> bool:
    """An API key stands in /config."""
    service = start(config_endpoint_enabled=True)
    answer = service.ask("/config", world.k1.token(permissions=["system:config_read"]))
    assert answer.status == 200
    return FULL_KEY.encode() in answer.body


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-half-open-blocks": blocks_everybody,
    "m-control-characters-dropped": (cleans_up(b"\0"), cleans_up(b"\x1b"), cleans_up(b"\x7f")),
    "m-http10-unauthenticated": trusts_the_old_protocol,
    "m-pipelined-unchecked": lends_credentials,
    "m-401-differs": tells_reasons_apart,
    "m-401-tells-form": tells_reasons_apart,
    "m-401-challenge-differs": tells_in_the_challenge,
    "m-slow-hash-after-prefix": tells_the_time,
    "m-private-jwk-echoed": shows_private_members,
    "m-config-secrets-shown": shows_its_secrets,
}


def test_a_good_key_is_let_in_however_slowly(world: World) -> None:
    """The hash is one of the right key."""
    assert world.start("m-slow-hash-after-prefix").status(headers={"X-API-Key": FULL_KEY}) == 200


def test_only_a_pipelined_request_borrows_credentials(world: World) -> None:
    """One that waits for the answer before it needs its own, unlike with m-connection-auth."""
    connection = world.start("m-pipelined-unchecked").connection()
    try:
        statuses = [exchange(connection, token=token).status for token in (world.k1.token(), None)]
    finally:
        connection.close()
    assert statuses == [200, 401]


def test_an_idle_connection_keeps_nobody_waiting(world: World) -> None:
    """Only a request that was begun does."""
    assert not an_idle_connection_blocks(world, lambda: world.start("m-half-open-blocks"))


def test_one_server_s_half_request_does_not_block_another(world: World) -> None:
    """The reader is one for each server, not for the process."""
    blocked, other = (world.start("m-half-open-blocks") for _ in range(2))
    with socket.create_connection(("127.0.0.1", blocked.port), timeout=10) as half:
        half.sendall(b"GET /health HTT")
        assert other.status(world.k1.token()) == 200
