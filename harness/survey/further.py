"""More of a service's routes, once it is known what opens one: those of an OpenAPI document, and the open ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from harness.declared.permissions import Permissions
from harness.grammar.model import Route
from harness.survey.asker import Asker, keeps_out, lets_in
from harness.survey.door import Door, names_in, route_of
from harness.survey.openapi import Operation
from harness.survey.portrait import FoundRoute
from harness.wire.exchange import Exchange

# Who is answered so has passed the gate: the handler had reasons of its own.
_HANDLERS: Final = (400, 404, 409, 415, 422)
_MOST_ASKED: Final = 60


@dataclass
class Further:
    """`routes` by the names that scenarios have for them, `permissions` all that were met, `public` the open routes."""

    routes: dict[str, FoundRoute] = field(default_factory=dict)
    permissions: list[str] = field(default_factory=list)
    public: list[Route] = field(default_factory=list)
    body_is_read: str = ""  # The evidence.
    body_is_not_read: str = ""


def find_more(asker: Asker, door: Door, operations: Sequence[Operation]) -> Further:
    """Try the other operations with the tokens that opened `door`; each is asked once or twice."""
    found = Further(permissions=[door.route.permission] if door.route.permission else [])
    for operation in operations[:_MOST_ASKED]:
        found.permissions += operation.permissions
        route = route_of(operation, operation.path)
        if (route.method, route.path) == (door.route.method, door.route.path):
            continue
        if name := _use(operation, door, found):
            _try(asker, replace(route, name=name), operation.permissions, door, found)
    found.permissions = list(dict.fromkeys(found.permissions))
    return found


def _use(operation: Operation, door: Door, found: Further) -> str:
    """As what the operation could serve; "" when there is such a route already, or it is none of the usual ones."""
    if operation.method == "POST" and not operation.has_parameter:
        name = "write"
    elif operation.method != "GET":
        return ""
    elif operation.has_parameter:
        name = "item"
    else:
        name = "other"  # Or one that asks for no permission, or none for a token.
    return "" if name in found.routes and name != "other" else name


def _try(asker: Asker, route: Route, said: Sequence[str], door: Door, found: Further) -> None:
    anonymous = asker.anonymous(route)
    if lets_in(anonymous) and route.method == "GET" and anonymous.status is not None:
        if "{uuid}" not in route.path:
            found.public.append(replace(route, name=route.path, success=(anonymous.status,)))
        return
    if not keeps_out(anonymous) or anonymous.status in (400, 415, 422):
        return  # What is wrong with the request is looked at first: nobody knows whether it wants a token.
    needed, answer = _opened(asker, route, said, door.place)
    if answer is None or answer.status is None:
        return
    success = (answer.status,) if lets_in(answer) else (200,)
    let_in = () if lets_in(answer) else (answer.status,)
    route = replace(route, permission=needed, success=success, let_in=let_in)
    if route.name == "other" and not needed:
        route = replace(route, name="any-token")
    if route.name in found.routes or (route.name == "other" and not (lets_in(answer) and _is_other(route, door.route))):
        return
    if route.name == "any-token" and door.place.form == "none":
        return
    evidence = f"{anonymous.status} without a token, {answer.status} with {needed or 'one'}"
    found.routes[route.name] = FoundRoute(route, evidence)
    if needed:
        found.permissions.append(needed)
    if route.name == "write" and lets_in(answer):
        _try_body(asker, route, door.place, found)


def _is_other(route: Route, read: Route) -> bool:
    """Whether its permission is one of another resource."""
    return route.permission != read.permission and (not route.resource or route.resource != read.resource)


def _opened(asker: Asker, route: Route, said: Iterable[str], place: Permissions) -> tuple[str, Exchange | None]:
    """The permission that opens the route, "" where none is needed, with the answer; None when nothing did."""
    plain = asker.ask(route, asker.token())
    if _passed(plain):
        return "", plain
    if place.form != "none":
        for name in dict.fromkeys((*said, *names_in(plain))):
            answer = asker.ask(route, asker.token(place, [name]))
            if _passed(answer):
                return name, answer
    return "", None


def _passed(answer: Exchange) -> bool:
    return lets_in(answer) or answer.status in _HANDLERS


def _try_body(asker: Asker, route: Route, place: Permissions, found: Further) -> None:
    """Whether the route reads its JSON: one that is none must be refused for that."""
    names = [route.permission] if route.permission else []
    broken = asker.ask(replace(route, body='{"'), asker.token(place, names))
    if broken.status in (400, 422):
        found.body_is_read = f"{route.method} {route.path} answers {broken.status} to a body that is no JSON"
    else:
        found.body_is_not_read = f"{route.method} {route.path} answers {broken.status} to a body that is no JSON"
