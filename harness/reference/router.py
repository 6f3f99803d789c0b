"""Finding the route of a request: the path as it is, without normalising or redirecting anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.reference.errors import RequestError
from harness.reference.routes import Route


@dataclass(frozen=True)
class Match:
    """The route of a request, the values of its path segments, and whether it is open to everybody."""

    route: Route
    arguments: Mapping[str, str]
    public: bool


class Router:
    """Matches method and path against the route table."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self.routes = routes

    def match(self, method: str, path: str) -> Match:
        """The route for `method` and the percent-decoded `path`; raises `RequestError` 404 or 405.

        HEAD is GET without a body (RFC 9110 §9.3.2). Whether a route is public is a property of the
        route found, never of the path, so that gate and router cannot disagree.
        """
        wanted = "GET" if method == "HEAD" else method
        allowed = set()
        for route in self.routes:
            arguments = route.arguments(path)
            if arguments is None:
                continue
            if route.method == wanted:
                return Match(route, arguments, public=route.permission is None)
            allowed.add(route.method)
        if allowed:
            raise RequestError(405, "method_not_allowed", "Method not allowed", {"Allow": ", ".join(sorted(allowed))})
        raise RequestError(404, "not_found", "Resource not found")
