"""The methods that a service serves over gRPC: which permission each asks for, and which are open to everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.declared.refusal import UNDECLARED, Refusal
from harness.grammar.model import Route
from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import ANY_TEXT, Kind, check_kinds, items, table_of
from harness.wire.grpc_status import HTTP_STATUS, LET_IN

_METHOD = re.compile(r"[A-Za-z0-9_.]+/[A-Za-z0-9_]+")
_IS_METHOD = Kind("package.Service/Method", lambda value: isinstance(value, str) and bool(_METHOD.fullmatch(value)))
_IS_CODE = Kind("a code of gRPC", lambda value: value in HTTP_STATUS)
_GRPC: Mapping[str, Kind] = {
    "methods": table_of(ANY_TEXT, "a table of the permission of each method"),
    "public": items(Kind("a table", lambda value: isinstance(value, dict)), "a list of tables"),
}
_PUBLIC: Mapping[str, Kind] = {
    "method": _IS_METHOD,
    "codes": items(_IS_CODE, "a list of codes of gRPC, one at least", some=True),
}
# UNAUTHENTICATED and PERMISSION_DENIED, where a profile says at all how its service refuses.
_REFUSAL = Refusal(without_credentials=(401,), bad_token=(401,), no_permission=(403,))


@dataclass(frozen=True)
class Grpc:
    """`methods` are the protected ones, `public` those that let everybody in, with the codes that they may answer."""

    methods: tuple[Route, ...] = ()
    public: tuple[Route, ...] = ()

    def beside(self, route: Route) -> Route | None:
        """The first method that asks for the permission of a route, under the route's name; None without any."""
        for method in self.methods:
            if method.permission == route.permission:
                return _method(route.name, method.path[1:], route.permission)
        return None


def read_grpc(table: Mapping[str, Any]) -> Grpc:
    """The methods of a table that was checked."""
    methods = tuple(_method(name, name, permission) for name, permission in table.get("methods", {}).items())
    return Grpc(methods, tuple(_public(one["method"], one.get("codes", ["OK"])) for one in table.get("public", ())))


def refusal_over_grpc(refusal: Refusal) -> Refusal:
    """How a service says no over gRPC, which has a code for each kind of it, when it says no over HTTP like that."""
    said = (refusal.without_credentials, refusal.bad_token, refusal.no_permission)
    return UNDECLARED if said == (None, None, None) else _REFUSAL


def check_grpc(source: TomlSource, data: Mapping[str, Any]) -> None:
    """Check the table `grpc` of a profile. Raises `ScenarioFileError`."""
    table = data.get("grpc", {})
    source.check_keys(table, _GRPC, ("grpc",), "grpc")
    check_kinds(source, table, _GRPC, ("grpc",))
    for name in table.get("methods", {}):
        if _IS_METHOD.missing(name):
            source.fail(("grpc", "methods", name), f"{name!r} is no method: write package.Service/Method")
    for one in table.get("public", ()):
        source.check_keys(one, _PUBLIC, ("grpc", "public"), "a public method")
        source.check_has(one, ("method",), ("grpc", "public"), "a public method")
        check_kinds(source, one, _PUBLIC, ("grpc", "public"))
    if "grpc" in data.get("capabilities", ()):
        read = data.get("routes", {}).get("read", {}).get("permission", "")
        if read not in table.get("methods", {}).values():
            source.fail(("grpc",), f"[grpc.methods] needs a method with the permission of the route read, {read!r}")


def _method(name: str, method: str, permission: str) -> Route:
    return Route(name, "POST", f"/{method}", permission, let_in=LET_IN, grpc=True)


def _public(method: str, codes: list[str]) -> Route:
    statuses = tuple(dict.fromkeys(HTTP_STATUS[code] for code in codes))
    return Route(method, "POST", f"/{method}", success=statuses, grpc=True)
