"""From a scenario's request table to the request that is sent."""

from __future__ import annotations

import uuid

from harness.base.errors import HarnessError
from harness.cell.tokens import Words
from harness.declared.credential import BEARER, Credential
from harness.declared.mcp import OWN_SESSION
from harness.declared.profile import Profile
from harness.grammar.model import Route, Table
from harness.grammar.placeholders import fill
from harness.wire.exchange import Header, Request

# What a call over gRPC doesn't have.
_OF_HTTP = ("method", "path", "id", "query", "content_type")


def find_route(request: str | Table, profile: Profile) -> Route:
    """The profile's route that a request names; a path of the vocabulary's public routes counts as a name too.

    Over gRPC it is the method with the route's permission. Raises `HarnessError` when the profile has no such route, or
    no such method: the cell should have been skipped.
    """
    name = request if isinstance(request, str) else request.get("route", "read")
    if name in profile.routes:
        route = profile.routes[name]
        return _method_beside(route, profile) if is_over_grpc(request) else route
    for route in profile.public:
        if route.path == name:
            return route
    raise HarnessError(f"the profile {profile.name!r} has no route {name!r}")


def is_over_grpc(request: str | Table) -> bool:
    """Whether a request is a call over gRPC."""
    return not isinstance(request, str) and request.get("transport") == "grpc"


def over_grpc(request: str | Table) -> Table:
    """The same request as a call over gRPC."""
    return {**({"route": request} if isinstance(request, str) else request), "transport": "grpc"}


def _method_beside(route: Route, profile: Profile) -> Route:
    method = profile.grpc.beside(route)
    if method is None:
        raise HarnessError(f"the profile {profile.name!r} has no gRPC method with the permission of {route.name!r}")
    return method


def build_request(
    request: str | Table, route: Route, token: str | None, words: Words, credential: Credential = BEARER
) -> Request:
    """The request to `route` with the changes of the table; `token` goes where `credential` says.

    Raises `HarnessError` for changes that a call over gRPC can't have.
    """
    table = {} if isinstance(request, str) else request
    words = {
        **words,
        "token": lambda: credential.text(token) if token else "",
        "jwt": lambda: token or "",
        "uuid": lambda: str(uuid.uuid4()),
    }
    if route.grpc and (wrong := [key for key in _OF_HTTP if key in table]):
        raise HarnessError(f"a call over gRPC has no {wrong[0]}")
    path = fill(
        table.get("path", route.path), words | {"uuid": lambda: fill(table["id"], words)} if "id" in table else words
    )
    if "query" in table:
        path += "?" + fill(table["query"], words)
    own_accept = any(name.lower() == "accept" for name, _ in route.headers)
    headers: list[Header] = [] if route.grpc or own_accept else [("Accept", "*/*")]
    if "authorization" in table:
        headers.append(("Authorization", fill(table["authorization"], words)))
    elif token is not None and not table.get("anonymous"):
        headers += credential.headers(token)
        path = credential.in_path(path, token)
    replaced = {name.lower() for name in table.get("headers", {})}
    for name, value in route.headers:
        said = words.get("mcp_session", str)() if value == OWN_SESSION else value
        headers += [(name, said)] if said and name.lower() not in replaced else []
    for name, value in fill(table.get("headers", {}), words).items():
        headers += [(name, one) for one in (value if isinstance(value, list) else [value])]
    method = table.get("method", route.method)
    body = table.get("body", route.body if method == route.method else None)
    data = None
    if body is not None:
        data = fill(body, words).encode("utf-8")
    if data is not None and not route.grpc:
        headers.append(("Content-Type", table.get("content_type", route.content_type)))
    return Request(method, path, tuple(headers), data, proof=_proof(table, token), grpc=route.grpc)


def _proof(table: Table, token: str | None) -> str | None:
    """What the request proves itself with; None where the table says more of its headers or address."""
    if {"authorization", "headers", "query"} & table.keys():
        return None
    return "" if token is None or table.get("anonymous") else "token"
