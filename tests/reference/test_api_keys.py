"""API keys beside tokens."""

from __future__ import annotations

import base64

import pytest

from harness.reference.settings import ApiKey

from .world import FULL_KEY, READ_KEY, World


def test_a_configured_key_is_let_in_without_the_issuer(world: World) -> None:
    """An independent credential: no fetch."""
    assert world.start().status(headers={"X-API-Key": FULL_KEY}) == 200
    assert world.issuer.fetches == []


def test_the_permissions_of_a_key_are_enforced(world: World) -> None:
    """Each key has its own."""
    service = world.start()
    statuses = [
        service.status(headers={"X-API-Key": READ_KEY}, method="POST", body=b'{"name":"t"}'),
        service.status(headers={"X-API-Key": READ_KEY}, path="/v1/dlq"),
        service.status(headers={"X-API-Key": "sk-nothing"}),
    ]
    assert statuses == [403, 403, 403]


@pytest.mark.parametrize(
    "key",
    [
        *["unknown", FULL_KEY[:-1], FULL_KEY + "x", FULL_KEY.upper(), FULL_KEY[::-1], "*", "", " ", "null"],
        *[f"{FULL_KEY},{FULL_KEY}", FULL_KEY.rpartition("-")[0], "caf\xe9"],
    ],
)
def test_a_key_that_is_nearly_right_is_refused(world: World, key: str) -> None:
    """Exact comparison; empty is no credential."""
    assert world.start().status(headers={"X-API-Key": key}) == 401


@pytest.mark.parametrize("presented", [{"X-API-Key": ""}, {}])
def test_an_empty_configured_key_opens_nothing(world: World, presented: dict[str, str]) -> None:
    """As an unset variable leaves behind."""
    service = world.start(api_keys=(ApiKey("", ("tasks:*",)),))
    assert service.status(headers=presented) == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {FULL_KEY}"},
        {"Authorization": "Basic " + base64.b64encode(f"{FULL_KEY}:".encode()).decode()},
        {"Cookie": f"X-API-Key={FULL_KEY}"},
        {"Api-Key": FULL_KEY},
        {"X-Api-Key-2": FULL_KEY},
        {"X_API_Key": FULL_KEY},
    ],
)
def test_a_key_in_another_place_does_not_count(world: World, headers: dict[str, str]) -> None:
    """Only the configured header does."""
    assert world.start().status(headers=headers) == 401


@pytest.mark.parametrize("query", ["api_key", "X-API-Key"])
def test_a_key_in_the_query_does_not_count(world: World, query: str) -> None:
    """It would end up in logs."""
    assert world.start().status(path=f"/v1/tasks?{query}={FULL_KEY}") == 401


def test_a_custom_header_replaces_the_default(world: World) -> None:
    """Its name has no case."""
    service = world.start(api_key_header="X-Custom-Key")
    names = ("x-custom-key", "X-CUSTOM-KEY", "X-API-Key")
    assert [service.status(headers={name: FULL_KEY}) for name in names] == [200, 200, 401]


def test_a_bearer_token_decides_alone(world: World) -> None:
    """No key rescues a bad token or widens a narrow one."""
    service, key = world.start(), {"X-API-Key": FULL_KEY}
    tokens = [world.k1.token(permissions=[]), "garbage", world.k1.token(exp=1)]
    assert [service.status(token, headers=key) for token in tokens] == [403, 401, 401]
    assert service.status(world.k1.token(), headers={"X-API-Key": "wrong"}) == 200


@pytest.mark.parametrize("key", [FULL_KEY, "x", "", "*"])
def test_a_switched_off_registry_knows_no_key(world: World, key: str) -> None:
    """401, not open and not 5xx."""
    assert world.start(api_keys_enabled=False).status(headers={"X-API-Key": key}) == 401


def test_a_star_in_the_configuration_makes_an_administrator(world: World) -> None:
    """Seed: the production admin key."""
    service = world.start(api_keys=(ApiKey("sk-admin", ("*",)),), config_endpoint_enabled=True)
    paths = ("/v1/tasks", "/v1/dlq", "/config", "/v1/templates")
    assert [service.status(headers={"X-API-Key": "sk-admin"}, path=path) for path in paths] == [200] * 4
