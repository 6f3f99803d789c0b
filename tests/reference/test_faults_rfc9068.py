"""Faults of services that read a scope show, and do not without the fault; a good token may do what its scope says."""

from __future__ import annotations

from typing import Any

import pytest

from .mistakes import Experiment, Start
from .world import Service, World

SETTINGS = {"service": "rfc9068", "permissions_claim": "scope"}
NOTES, LABELS, ME = "/notes", "/labels", "/me"
READ = "notes:read"


def status(
    world: World, service: Service, path: str = NOTES, header: dict[str, Any] | None = None, **claims: Any
) -> int:
    """The answer to an access token with these changes; without any it may read notes."""
    given = {"permissions": ..., "scope": READ, **claims}
    return service.status(world.k1.token({"typ": "at+jwt", **(header or {})}, **given), path)


def answers(wanted: int, path: str = NOTES, **changes: Any) -> Experiment:
    """The mistake is to answer a token with these changes so."""

    def experiment(world: World, start: Start) -> bool:
        return status(world, start(**SETTINGS), path, **changes) == wanted

    return experiment


def answers_anybody(path: str) -> Experiment:
    """The mistake is to let in who has no token."""

    def experiment(world: World, start: Start) -> bool:
        return start(**SETTINGS).status(None, path) == 200

    return experiment


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-scope-in-text": (answers(200, scope=f"x{READ}x"), answers(200, scope="notes:reader")),
    "m-scope-prefix": answers(200, scope="notes:read_all"),
    "m-scope-case-insensitive": answers(200, scope="Notes:READ"),
    "m-scope-comma": answers(200, scope=f"openid,{READ}"),
    "m-scope-any-blank": (answers(200, scope=f"openid\t{READ}"), answers(200, scope=f"openid\n{READ}")),
    "m-scope-first-word": answers(403, scope=f"openid {READ}"),
    "m-scope-any-word": answers(200, LABELS, scope=READ),
    "m-scope-missing-allows": (answers(200, scope=...), answers(200, scope="")),
    "m-scope-from-other-claims": (answers(200, scope="", scp=[READ]), answers(200, scope="", roles=[READ])),
    "m-scope-array-crash": answers(500, scope=[READ]),
    "m-at-jwt-not-required": (answers(200, header={"typ": "JWT"}), answers(200, header={"typ": ...})),
    "m-scopeless-route-open": answers_anybody(ME),
}


@pytest.mark.parametrize(
    ("path", "changes", "expected"),
    [
        (NOTES, {}, 200),
        (NOTES, {"scope": f"openid {READ} labels:read"}, 200),
        (NOTES, {"scope": f"openid\t{READ}"}, 403),
        (NOTES, {"scope": f" {READ} "}, 200),
        (NOTES, {"scope": ""}, 403),
        (NOTES, {"scope": ...}, 403),
        (NOTES, {"scope": [READ]}, 401),
        (NOTES, {"scope": 7}, 401),
        (NOTES, {"scope": "notes:*"}, 403),
        (LABELS, {}, 403),
        (ME, {"scope": ...}, 200),
        (ME, {"exp": 1}, 401),
        (NOTES, {"header": {"typ": "application/AT+JWT"}}, 200),
        (NOTES, {"header": {"typ": "JWT"}}, 401),
        (NOTES, {"sub": ...}, 401),
    ],
)
def test_what_a_token_allows(world: World, path: str, changes: dict[str, Any], expected: int) -> None:
    assert status(world, world.start(**SETTINGS), path, **changes) == expected


@pytest.mark.parametrize("path", [NOTES, LABELS, ME])
def test_who_has_no_token_is_kept_out(world: World, path: str) -> None:
    """Also where no scope is asked for."""
    service = world.start(**SETTINGS)
    assert [service.status(None, path), service.status(None, "/health")] == [401, 200]


def test_a_fault_of_these_rules_is_none_of_taskers(world: World) -> None:
    service = world.start("m-scope-missing-allows", "m-at-jwt-not-required")
    assert [service.status(), service.status(world.k1.token(permissions=[]))] == [401, 403]
