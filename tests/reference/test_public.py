"""What is open to everybody, what /config shows, and what is counted."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import validate

from harness.reference.routes import CONFIG, ORCHESTRATION, WORKER

from .world import FULL_KEY, World

PUBLIC = ["/health", "/health/live", "/health/ready", "/health/detailed", "/metrics", "/api-docs/openapi.json"]
WORKER_PUBLIC = [*PUBLIC, "/api-docs/ui", "/metrics/worker", "/metrics/events"]


@pytest.mark.parametrize("path", WORKER_PUBLIC)
def test_public_routes_need_no_credentials(world: World, path: str) -> None:
    """ADR-012: never gated."""
    assert world.start(service="worker").status(path=path) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer garbage"},
        {"X-API-Key": "wrong"},
        {"Authorization": "Bearer \xff\xfe"},
    ],
)
@pytest.mark.parametrize("path", PUBLIC)
def test_public_routes_ignore_bad_credentials(world: World, path: str, headers: dict[str, str]) -> None:
    """A probe with a leftover header must not fail."""
    assert world.start().status(path=path, headers=headers) == 200


@pytest.mark.parametrize("path", ["/health", "/health/live"])
def test_health_does_not_depend_on_the_issuer(world: World, path: str) -> None:
    """It answers while the issuer is silent, and fetches nothing."""
    world.issuer.hold()
    assert world.start().status(path=path, timeout=0.5) == 200
    assert world.issuer.fetches == []


@pytest.mark.parametrize("kind", ["orchestration", "worker"])
def test_the_openapi_document_is_valid_and_names_each_permission(world: World, kind: str) -> None:
    """`x-required-permission` on each protected operation and on no other."""
    document = world.start(service=kind, config_endpoint_enabled=True).ask("/api-docs/openapi.json").json
    validate(document)
    named = {
        (method.upper(), path, operation["x-required-permission"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "x-required-permission" in operation
    }
    routes = [*(ORCHESTRATION if kind == "orchestration" else WORKER), CONFIG[kind]]
    assert named == {(route.method, route.path, route.permission) for route in routes}


@pytest.mark.parametrize("token", [True, False])
def test_a_switched_off_config_is_404(world: World, token: bool) -> None:
    """The route is not registered."""
    credentials = world.k1.token(permissions=["system:*"]) if token else None
    assert world.start().status(credentials, "/config") == 404


def test_config_needs_the_permission_of_its_service(world: World) -> None:
    """401, 403, 403, 200, 200 on orchestration."""
    service = world.start(config_endpoint_enabled=True)
    grants = [["tasks:*"], ["worker:config_read"], ["system:config_read"], ["system:*"]]
    statuses = [service.status(world.k1.token(permissions=names), "/config") for names in grants]
    assert [service.status(path="/config"), *statuses] == [401, 403, 403, 200, 200]


def test_config_shows_no_secret(world: World) -> None:
    """API keys, PEM texts and the user information of the JWKS address are redacted."""
    url = world.issuer.url.replace("http://", "http://user:hidden-password@")
    service = world.start(config_endpoint_enabled=True, jwks_url=url, public_key_pem=world.k1.pem().decode())
    answer = service.ask("/config", world.k1.token(permissions=["system:config_read"]))
    text = answer.body.decode()
    assert answer.status == 200
    assert not any(secret in text for secret in (FULL_KEY, "hidden-password", "BEGIN"))


def series(world_text: str) -> dict[str, float]:
    """Prometheus text as series and value."""
    pairs = (line.rpartition(" ") for line in world_text.splitlines())
    return {name: float(value) for name, _, value in pairs}


def test_each_outcome_moves_its_counter_by_one(world: World) -> None:
    """A denial is no failure of authentication."""
    service = world.start()
    service.ask(token=world.k1.token())
    service.ask(token=world.k1.token(exp=1))
    service.ask()
    service.ask(token=world.k1.token(permissions=[]))
    service.ask(headers={"X-API-Key": FULL_KEY})
    service.ask(headers={"X-API-Key": "wrong"})
    found = series(service.ask("/metrics").body.decode())
    expected = {
        'tasker_auth_requests_total{method="jwt",result="success"}': 2,
        'tasker_auth_requests_total{method="jwt",result="failure"}': 1,
        'tasker_auth_requests_total{method="none",result="failure"}': 1,
        'tasker_auth_requests_total{method="api_key",result="success"}': 1,
        'tasker_auth_requests_total{method="api_key",result="failure"}': 1,
        'tasker_auth_failures_total{reason="expired"}': 1,
        'tasker_auth_failures_total{reason="missing_credentials"}': 1,
        'tasker_auth_failures_total{reason="invalid_api_key"}': 1,
        'tasker_permission_denials_total{permission="tasks:list"}': 1,
    }
    assert {name: found[name] for name in expected} == expected


def test_strangers_make_no_series(world: World) -> None:
    """Label values come from closed lists."""
    service = world.start()
    for i in range(20):
        service.ask(f"/v1/tasks/{i}", world.attacker.token({"kid": f"kid-{i}"}, sub=f"sub-{i}"))
    text = service.ask("/metrics").body.decode()
    assert len(text.splitlines()) <= 6
    assert not re.search(r"kid-|sub-|/v1", text)


def test_a_switched_off_gate_lets_everybody_in(world: World) -> None:
    """Seed: `enabled = false`."""
    service = world.start(enabled=False)
    assert [service.status(), service.status("garbage"), service.status(path="/v1/dlq")] == [200] * 3
