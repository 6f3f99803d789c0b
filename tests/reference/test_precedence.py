"""401 before 403 before body and lookup; and the path decides as it is written."""

from __future__ import annotations

import time
import uuid

import pytest

from .world import World

BODY = b'{"name":"t","namespace":"default","version":"1.0.0","context":{}}'
WORKER_TEMPLATE = "/v1/templates/ns/name/1.0.0"


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1}, {"aud": "other"}, {"permissions": ["custom:x"]}],
    ids=["expired", "wrong audience", "unknown permission"],
)
def test_a_bad_token_without_permission_is_401(world: World, changes: dict[str, object]) -> None:
    """No identity, no question of permission."""
    token = world.k1.token(**({"permissions": []} | changes))
    assert world.start(strict_validation=True).status(token) == 401


def test_malformed_json_without_credentials_is_401(world: World) -> None:
    """Authentication before body parsing."""
    assert world.start().status(method="POST", body=b"{") == 401


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"a" * 2_000_000], ids=["open", "empty", "array", "2 MB"])
def test_a_body_without_permission_is_403(world: World, body: bytes) -> None:
    """Whatever is in it: it is not read."""
    assert world.start().status(world.k1.token(), method="POST", body=body) == 403


def test_malformed_json_with_permission_is_400(world: World) -> None:
    """The control: the parser would have complained."""
    assert world.start().status(world.k1.token(permissions=["tasks:create"]), method="POST", body=b"{") == 400


def test_a_body_that_breaks_the_schema_is_422(world: World) -> None:
    """With permission."""
    token = world.k1.token(permissions=["tasks:create"])
    assert world.start().status(token, method="POST", body=b'{"name":1}') == 422


def test_a_body_over_the_limit_is_413(world: World) -> None:
    """With permission, and without reading it."""
    token = world.k1.token(permissions=["tasks:create"])
    assert world.start().status(token, method="POST", body=b" " * 1_100_000) == 413


@pytest.mark.parametrize("task_id", ["2f1c7e1c-0000-4000-8000-000000000000", "not-a-uuid"])
def test_without_permission_ids_all_look_the_same(world: World, task_id: str) -> None:
    """403, known or not, well formed or not."""
    assert world.start().status(world.k1.token(), f"/v1/tasks/{task_id}") == 403


def test_with_permission_unknown_is_404_and_malformed_400(world: World) -> None:
    """The control of the test before."""
    service, token = world.start(), world.k1.token(permissions=["tasks:read"])
    paths = [f"/v1/tasks/{uuid.uuid4()}", "/v1/tasks/not-a-uuid"]
    assert [service.status(token, path) for path in paths] == [404, 400]


def test_a_write_has_an_effect_only_when_it_is_allowed(world: World) -> None:
    """Created and cancelled once, by the one who may."""
    service = world.start()
    admin, reader = world.k1.token(permissions=["tasks:*"]), world.k1.token(permissions=["tasks:list"])
    task = service.ask("/v1/tasks", admin, method="POST", body=BODY)
    assert task.status == 201
    path = f"/v1/tasks/{task.json['task_uuid']}"
    refused = [
        service.status(None, method="POST", body=BODY),
        service.status("garbage", method="POST", body=BODY),
        service.status(reader, method="POST", body=BODY),
        service.status(None, path, method="DELETE"),
        service.status(reader, path, method="DELETE"),
    ]
    assert refused == [401, 401, 403, 401, 403]
    listed = service.ask("/v1/tasks", admin).json
    assert [(one["status"], listed["pagination"]["total_count"]) for one in listed["tasks"]] == [("pending", 1)]
    assert service.ask(path, admin, method="DELETE").json["status"] == "cancelled"
    assert service.ask(path, admin).json["status"] == "cancelled"


@pytest.mark.parametrize(
    "path",
    [
        *["/v1/tasks/", "//v1/tasks", "/v1//tasks", "/v1/./tasks", "/health/../v1/tasks", "/v1/tasks%2f"],
        *["/%76%31/tasks", "/V1/tasks", "/v1/tasks;x=1", "/v1/tasks?", "/v1/tasks#x", "/v1/tasks.json"],
        *["/healthx", "/health;/v1/tasks", "/metrics/../config", "/health%2f..%2fv1%2ftasks"],
        *["/api-docs/../v1/tasks", "/v1/tasks/health", "/v1/tasks?x=/health", "http://health/v1/tasks"],
    ],
)
def test_no_spelling_of_a_protected_path_is_open(world: World, path: str) -> None:
    """401, 404 or 400, and no redirect."""
    assert world.start(config_endpoint_enabled=True).status(path=path) in (400, 401, 404)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_head_is_gated_like_get(world: World, method: str) -> None:
    """HEAD is GET without a body."""
    service = world.start()
    assert [service.status(None, method=method), service.status(world.k1.token(), method=method)] == [401, 200]


@pytest.mark.parametrize("method", ["get", "Get", "GETX", "GE", "head", "HEADX", "HEA", "FOO"])
def test_what_nearly_is_a_method_is_another_one(world: World, method: str) -> None:
    """RFC 9110 §9.1: names of methods are case-sensitive, and compared as a whole."""
    assert world.start().status(world.k1.token(), method=method) == 405


def test_another_method_is_405_with_the_allowed_ones(world: World) -> None:
    """OPTIONS is no exception: there is no CORS."""
    answer = world.start().ask("/v1/tasks", method="OPTIONS")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


def test_override_headers_change_nothing(world: World) -> None:
    """The real method and the real path decide."""
    service = world.start()
    override = {"X-HTTP-Method-Override": "GET"}
    assert service.status(world.k1.token(), method="POST", headers=override, body=BODY) == 403
    assert service.ask("/health", headers={"X-Original-URL": "/v1/tasks"}).json == {"status": "healthy"}
    assert service.status(headers={"X-Original-URL": "/health", "X-Forwarded-Uri": "/health"}) == 401


@pytest.mark.parametrize(("method", "path"), [("GET", WORKER_TEMPLATE), ("POST", f"{WORKER_TEMPLATE}/validate")])
def test_a_template_of_the_worker_is_unknown_to_those_who_may_ask(world: World, method: str, path: str) -> None:
    """404 with both permissions, 403 with none, although nothing is there."""
    service = world.start(service="worker")
    may = world.k1.token(permissions=["worker:templates_read", "templates:validate"])
    answer = service.ask(path, may, method=method)
    assert (answer.status, answer.json["error"]) == (404, "template_not_found")
    assert service.status(world.k1.token(permissions=[]), path, method=method) == 403


def test_a_refusal_is_quick_under_a_large_body(world: World) -> None:
    """Nobody reads 2 MB to say no."""
    service, began = world.start(), time.perf_counter()
    assert service.status("garbage", method="POST", body=b"a" * 2_000_000) == 401
    assert time.perf_counter() - began < 20  # And not for as long as a body may take.
