"""What a valid token may do: exactly what its permission claim says."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from harness.reference.permissions import VOCABULARY
from harness.reference.routes import CONFIG, ORCHESTRATION, WORKER, Route

from .world import Service, World


@pytest.mark.parametrize("permissions", [[], ..., ["tasks:read"], ["steps:read"], ["dlq:*"]])
def test_without_the_permission_the_answer_is_403(world: World, permissions: Any) -> None:
    """The identity is established, so it is never 401."""
    assert world.start().status(world.k1.token(permissions=permissions)) == 403


@pytest.mark.parametrize(
    "name",
    [
        *["*", "*:*", "*:list", "tasks:l*", "tasks*", "tas*:list", "tasks:**", "tasks:", "tasks", ":*"],
        *["tasks:*:list", "t?sks:list", ".*", "tasks:(list|create)", "tasks:list_all", "tasks:lis"],
        *["task:list", "xtasks:list", "tasks:list:own", "tasks.list", "tasks:list,tasks:create"],
        *["Tasks:List", "TASKS:*", " tasks:list", "tasks:list ", "tasks: list", "tasks:list\n"],
    ],
)
def test_a_permission_that_is_nearly_right_grants_nothing(world: World, name: str) -> None:
    """Equality or the wildcard of the resource."""
    assert world.start().status(world.k1.token(permissions=[name])) == 403


@pytest.mark.parametrize(
    "value",
    ["tasks:list", "tasks:list tasks:create", None, 1, True, {"tasks:list": True}, [["tasks:list"]], ["tasks:list", 1]],
)
def test_a_claim_that_is_no_array_of_strings_refuses_the_token(world: World, value: Any) -> None:
    """Seed: the claim must be a JSON array of strings."""
    assert world.start().status(world.k1.token(permissions=value)) == 401


def test_the_wildcard_of_a_resource_grants_its_actions(world: World) -> None:
    """And only its own."""
    service, token = world.start(), world.k1.token(permissions=["tasks:*"])
    assert [service.status(token), service.status(token, "/v1/dlq")] == [200, 403]


def test_other_claims_grant_nothing(world: World) -> None:
    """Only the configured claim is authority."""
    others = {"roles": ["tasks:*"], "scope": "tasks:list", "scp": ["tasks:list"], "groups": ["admin"]}
    assert world.start().status(world.k1.token(permissions=[], **others)) == 403


def test_the_configured_claim_replaces_the_default(world: World) -> None:
    """It is not added to it."""
    service = world.start(permissions_claim="scp")
    assert service.status(world.k1.token(permissions=..., scp=["tasks:list"])) == 200
    assert service.status(world.k1.token(permissions=["tasks:list"], scp=[])) == 403


def test_an_unknown_permission_is_ignored_without_strict_validation(world: World) -> None:
    """The good one beside it counts."""
    assert world.start().status(world.k1.token(permissions=["tasks:list", "custom:x"])) == 200


@pytest.mark.parametrize("name", ["custom:x", "tasks:delete", "widgets:*", "*", "TASKS:LIST", ""])
def test_an_unknown_permission_refuses_the_token_under_strict_validation(world: World, name: str) -> None:
    """401, because the token is not one this service understands."""
    assert world.start(strict_validation=True).status(world.k1.token(permissions=["tasks:list", name])) == 401


@pytest.mark.parametrize("names", [["tasks:*"], ["tasks:list", "dlq:*", "system:*"], list(VOCABULARY)])
def test_known_permissions_pass_strict_validation(world: World, names: list[str]) -> None:
    """Wildcards of resources are known."""
    assert world.start(strict_validation=True).status(world.k1.token(permissions=names)) == 200


def test_no_permission_at_all_passes_strict_validation(world: World) -> None:
    """And is then 403, not 401."""
    assert world.start(strict_validation=True).status(world.k1.token(permissions=[])) == 403


def test_four_hundred_permissions_are_no_fault(world: World) -> None:
    """The needed one is the last."""
    assert world.start().status(world.k1.token(permissions=["steps:read"] * 399 + ["tasks:list"])) == 200


def call(service: Service, route: Route, token: str) -> int:
    """The status of one call of `route` with ids that do not exist."""
    path = "/".join(
        str(uuid.uuid4()) if part.endswith("_uuid}") else part.strip("{}") for part in route.path.split("/")
    )
    return service.status(token, path, method=route.method, body=b"{}" if route.reads_body else None)


@pytest.mark.parametrize("kind", ["orchestration", "worker"])
def test_each_route_needs_its_own_permission_and_no_other(world: World, kind: str) -> None:
    """Only the permission: let in. All but the permission: 403."""
    service = world.start(service=kind, config_endpoint_enabled=True)
    routes = [*(ORCHESTRATION if kind == "orchestration" else WORKER), CONFIG[kind]]
    for route in routes:
        only = world.k1.token(permissions=[route.permission])
        others = world.k1.token(permissions=[name for name in VOCABULARY if name != route.permission])
        assert call(service, route, only) in (200, 201, 404, 422), route
        assert call(service, route, others) == 403, route
