"""Faults in the rules of Windmill's external tokens show, and do not without the fault; a good token has its rights."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .issuer import AUDIENCE, ISSUER
from .mistakes import Experiment, Start
from .world import Service, World

READ, OTHER = "/api/w/ws1/users/whoami", "/api/w/ws2/users/whoami"
ADMIN = "/api/w/ws1/workspaces/list_pending_invites"
FOLDER, OWNER = "/api/w/ws1/folders/get/f1", "/api/w/ws1/folders/update/f1"
CREATE = "/api/w/ws1/variables/create"
BODY = b'{"path":"f/f1/probe","value":"v"}'
CLAIMS = {
    "username": "ann",
    "email": "ann@example.com",
    "is_admin": False,
    "is_operator": False,
    "workspace_id": "ws1",
    "folders": [["f1", True, False]],
    "groups": ["all"],
    # None of these is a claim of such a token.
    **dict.fromkeys(("iss", "aud", "sub", "permissions"), ...),
}


def status(world: World, service: Service, path: str = READ, prefix: str = "jwt_ext_", **claims: Any) -> int:
    """The answer to a token with these changes to its claims; a route that changes something is posted to."""
    token = prefix + world.k1.token(**{**CLAIMS, **claims})
    posted = {"method": "POST", "body": BODY} if path in (CREATE, OWNER) else {}
    return service.status(token, path, **posted)


def lets_in(path: str = READ, **changes: Any) -> Experiment:
    """The mistake is to let in a token with these changes."""

    def experiment(world: World, start: Start) -> bool:
        return status(world, start(service="windmill"), path, **changes) in (200, 201)

    return experiment


def writes_to(path: str) -> Experiment:
    """The mistake is that a variable of this path comes to be."""

    def experiment(world: World, start: Start) -> bool:
        token, body = "jwt_ext_" + world.k1.token(**CLAIMS), json.dumps({"path": path, "value": "v"}).encode()
        return start(service="windmill").status(token, CREATE, method="POST", body=body) == 201

    return experiment


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-wm-prefix-loose": (lets_in(prefix=""), lets_in(prefix="jwt_ext_jwt_ext_"), lets_in(prefix="jwt_")),
    "m-wm-nameless": (lets_in(username=...), lets_in(email=7)),
    "m-wm-workspace-unchecked": lets_in(OTHER),
    "m-wm-path-unchecked": (writes_to("f/f2/f1"), writes_to("u/f1/probe")),
    "m-wm-admin-truthy": (lets_in(ADMIN, is_admin="true"), lets_in(ADMIN, is_admin=1)),
    "m-wm-folder-flags-ignored": (lets_in(OWNER), lets_in(CREATE, folders=[["f1", False, False]])),
}


@pytest.mark.parametrize(
    ("path", "claims", "expected"),
    [
        (READ, {}, 200),
        (READ, {"is_operator": True, "folders": [], "groups": []}, 200),
        (READ, {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann"}, 200),
        (READ, {"iss": "https://anybody.example"}, 401),
        (READ, {"aud": "another"}, 401),
        (OTHER, {}, 403),
        (OTHER, {"is_admin": True}, 403),
        (OTHER, {"workspace_id": "ws2"}, 200),
        (READ, {"workspace_id": ["ws1"]}, 401),
        (READ, {"workspace_id": ...}, 401),
        (READ, {"username": ...}, 401),
        (READ, {"email": 7}, 401),
        (READ, {"groups": "all"}, 401),
        (READ, {"folders": ["f1"]}, 401),
        (READ, {"folders": [["f1", True]]}, 401),
        (READ, {"folders": [["f1", "true", 1]]}, 401),
        (READ, {"folders": ...}, 401),
        (READ, {"is_admin": "false"}, 401),
        (READ, {"is_operator": ...}, 401),
        (READ, {"exp": ...}, 401),
        (CREATE, {}, 201),
        (CREATE, {"is_operator": True}, 403),
        (CREATE, {"folders": [["f2", True, True]], "groups": ["f1"]}, 403),
        (FOLDER, {"folders": [["f1", False, False]]}, 200),
        (FOLDER, {"folders": []}, 403),
        (OWNER, {}, 403),
        (OWNER, {"folders": [["f1", True, True]]}, 200),
        (ADMIN, {}, 403),
        (ADMIN, {"is_admin": True, "folders": []}, 200),
    ],
)
def test_what_claims_allow(world: World, path: str, claims: dict[str, Any], expected: int) -> None:
    """Each claim is of its type, the workspace is the token's, and folders are used as far as it says."""
    assert status(world, world.start(service="windmill"), path, **claims) == expected


def test_a_fault_of_a_common_rule_shows_here_too(world: World) -> None:
    """The rules about tokens as such are the same parts."""
    service = world.start("m-exp-optional", service="windmill")
    assert [status(world, service, exp=...), status(world, service, prefix="")] == [200, 401]


def test_a_fault_of_these_rules_is_none_of_taskers(world: World) -> None:
    """The other services stay as they are."""
    service = world.start("m-wm-workspace-unchecked", "m-wm-admin-truthy")
    assert [service.status(), service.status(world.k1.token())] == [401, 200]


@pytest.mark.parametrize("path", ["/health", "/api/version"])
def test_what_is_public(world: World, path: str) -> None:
    """Whoever runs it sees that it is there."""
    assert world.start(service="windmill").status(None, path) == 200
