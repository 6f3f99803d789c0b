"""Each outcome moves its counter by one, under the documented names, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from .world import FULL_KEY, Service, World

Ask = Callable[[World, Service], int]

REQUESTS = "tasker_auth_requests_total"
FAILURES = "tasker_auth_failures_total"


def counters(service: Service) -> dict[str, float]:
    """Every series but the durations, which are no counts."""
    lines = service.ask("/metrics").body.decode().splitlines()
    found = (re.fullmatch(r"(\S+\{.*\}) (\S+)", line) for line in lines)
    return {one[1]: float(one[2]) for one in found if one and "_sum{" not in one[1]}


def token(**claims: object) -> Ask:
    """A request with K1's token and these changes to its claims."""
    return lambda world, service: service.status(world.k1.token(**claims))


def key(value: str) -> Ask:
    """A request with this API key."""
    return lambda world, service: service.status(headers={"X-API-Key": value})


def duration(result: str) -> str:
    """The series that counts verifications."""
    return f'tasker_auth_jwt_verification_duration_count{{result="{result}"}}'


def request(method: str, result: str) -> str:
    """The series that counts requests."""
    return f'{REQUESTS}{{method="{method}",result="{result}"}}'


def failure(reason: str) -> str:
    """The series that counts this reason."""
    return f'{FAILURES}{{reason="{reason}"}}'


@pytest.mark.parametrize(
    ("ask", "status", "moved"),
    [
        (token(), 200, [request("jwt", "success"), duration("success")]),
        (token(exp=1), 401, [request("jwt", "failure"), failure("expired"), duration("failure")]),
        (token(aud="other"), 401, [request("jwt", "failure"), failure("wrong_audience"), duration("failure")]),
        (token(iss="other"), 401, [request("jwt", "failure"), failure("wrong_issuer"), duration("failure")]),
        (
            lambda world, service: service.status("garbage"),
            401,
            [request("jwt", "failure"), failure("malformed_token"), duration("failure")],
        ),
        (
            lambda world, service: service.status(world.attacker.token({"kid": "k1"})),
            401,
            [request("jwt", "failure"), failure("invalid_signature"), duration("failure")],
        ),
        (lambda world, service: service.status(), 401, [request("none", "failure"), failure("missing_credentials")]),
        (
            token(permissions=["steps:read"]),
            403,
            [
                request("jwt", "success"),
                duration("success"),
                'tasker_permission_denials_total{permission="tasks:list"}',
            ],
        ),
        (key(FULL_KEY), 200, [request("api_key", "success")]),
        (key("sk-wrong"), 401, [request("api_key", "failure"), failure("invalid_api_key")]),
        (lambda world, service: service.status(path="/health"), 200, []),
    ],
    ids=[
        "accepted",
        "expired",
        "audience",
        "issuer",
        "malformed",
        "signature",
        "missing",
        "denied",
        "api-key",
        "wrong-api-key",
        "public",
    ],
)
def test_an_outcome_moves_its_counters_by_one(world: World, ask: Ask, status: int, moved: list[str]) -> None:
    """A denial is no failure of authentication."""
    service = world.start()
    before = counters(service)
    assert ask(world, service) == status
    after = counters(service)
    assert {
        name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)
    } == dict.fromkeys(moved, 1)


def test_the_time_of_a_verification_is_in_seconds(world: World) -> None:
    """It took some, and not many."""
    service = world.start()
    service.status(world.k1.token())
    text = service.ask("/metrics").body.decode()
    found = re.search(r'tasker_auth_jwt_verification_duration_sum\{result="success"\} (\S+)', text)
    assert found
    assert 0 < float(found[1]) < 30
