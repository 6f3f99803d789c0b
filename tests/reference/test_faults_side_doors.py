"""Faults of gates and routers that look away show, and do not show without the fault."""

from __future__ import annotations

import json

from .mistakes import Experiment, Start, anonymous
from .world import World

BODY = b'{"name":"t"}'
SUBREQUEST = "1"


def with_header(name: str, value: str) -> Experiment:
    """The mistake is to let in whoever sends this header, and no token."""
    return anonymous("/v1/tasks", headers={name: value})


def spelt(path: str) -> Experiment:
    """The mistake is to let in whoever spells the path so, without a token."""
    return anonymous(path)


def made_by(method: str, path: str = "/v1/tasks", token: bool = False, **headers: str) -> Experiment:
    """The mistake is that a request by this method, of a reader or of nobody, leaves a task behind."""

    def experiment(world: World, start: Start) -> bool:
        service = start()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        service.ask(path, world.k1.token() if token else None, method=method, headers=sent, body=BODY)
        return bool(service.ask(token=world.k1.token()).json["tasks"])

    return experiment


def shows_tasks(world: World, start: Start) -> bool:
    """OPTIONS shows strangers what GET does."""
    return b"tasks" in start().ask(method="OPTIONS").body


def reader(status: int, path: str, method: str = "GET", **headers: str) -> Experiment:
    """The mistake is to answer a reader of tasks like this."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda world, start: (
        start().status(world.k1.token(), path, method=method, headers=sent, body=BODY if method == "POST" else None)
        == status
    )


def in_field(name: str, form: str = "{0}") -> Experiment:
    """The mistake is to find the token in this field."""
    return lambda world, start: start().status(headers={name: form.format(world.k1.token())}) == 200


def in_query(world: World, start: Start) -> bool:
    return start().status(path=f"/v1/tasks?jwt={world.k1.token()}") == 200


def in_json(world: World, start: Start) -> bool:
    body = json.dumps({"name": "t", "access_token": world.k1.token(permissions=["tasks:create"])}).encode()
    return start().status(method="POST", headers={"Content-Type": "application/json"}, body=body) == 201


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-subrequest-header-trusted": with_header("X-Middleware-Subrequest", SUBREQUEST),
    "m-upgrade-unchecked": with_header("Upgrade", "websocket"),
    "m-host-trusted": with_header("Host", "localhost"),
    "m-internal-header-trusted": (
        with_header("X-Real-IP", "127.0.0.1"),
        with_header("Forwarded", "for=127.0.0.1"),
        with_header("X-Internal-Request", "true"),
    ),
    "m-certificate-header-trusted": (
        with_header("X-SSL-Client-Verify", "SUCCESS"),
        with_header("X-Forwarded-Client-Cert", "Hash=00"),
    ),
    "m-grpc-unchecked": with_header("Content-Type", "application/grpc"),
    "m-referer-trusted": with_header("Referer", "http://127.0.0.1/api-docs/ui"),
    "m-event-stream-unchecked": with_header("Accept", "text/event-stream"),
    "m-debug-query-open": spelt("/v1/tasks?debug=true"),
    "m-conditional-before-gate": anonymous("/v1/tasks", 304, headers={"If-None-Match": "*"}),
    "m-static-files-public": spelt("/v1/tasks?x=.css"),
    "m-original-uri-public": (
        with_header("X-Original-URI", "/health"),
        with_header("X-Envoy-Original-Path", "/health/live"),
    ),
    "m-original-url-permission": reader(200, "/v1/dlq", X_Original_URL="/v1/tasks"),
    "m-override-names-permission": (
        reader(201, "/v1/tasks", "POST", X_HTTP_Method="GET"),
        reader(201, "/v1/tasks", "POST", X_Method_Override="GET"),
    ),
    "m-override-after-gate": (
        made_by("GET", token=True, X_HTTP_Method_Override="POST"),
        made_by("GET", "/v1/tasks?_method=POST", token=True),
    ),
    "m-preflight-runs-handler": (shows_tasks, made_by("OPTIONS", Access_Control_Request_Method="POST")),
    "m-put-as-post": (made_by("PUT"), made_by("PATCH")),
    "m-path-trailing-blank": (spelt("/v1/tasks%0a"), spelt("/v1/tasks%20"), spelt("/v1/tasks%00x")),
    "m-path-decoded-twice": spelt("/v1/%2574asks"),
    "m-path-backslash": (spelt("/v1%5ctasks"), spelt("/health%5c..%5cv1%5ctasks")),
    "m-path-parameters-dropped": (spelt("/v1/tasks;x=1"), spelt("/health/..;/v1/tasks")),
    "m-token-in-other-fields": (
        in_field("X-Auth-Token"),
        in_field("X-Forwarded-Authorization", "Bearer {0}"),
        in_field("Cookie", "jwt={0}"),
        in_query,
    ),
    "m-token-in-json": in_json,
}
