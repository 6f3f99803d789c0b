"""Which gRPC services answer at an address, asked by server reflection (extra `grpc`)."""

from __future__ import annotations

from collections.abc import Iterator

from harness.shown.foreign_text import foreign
from harness.wire.grpc_address import GrpcAddress
from harness.wire.grpc_reflection import MOST, Method, Reflection

# What answers on many servers without being listed, and a method of it.
_HEALTH, _CHECK = "grpc.health.v1.Health", Method("Check", takes_stream=False)


def grpc_services(address: GrpcAddress) -> list[str]:
    """The services at an address by name, a line each, fit to be shown; no credentials are sent.

    A server may list services of which it has the description and no more: each is called once with a request that is
    no message, or with an empty stream where it takes one, and a line says which of them isn't there. So is the health
    service, listed or not. Raises `HarnessError` as `Reflection`.
    """
    with Reflection(address) as server:
        more = len(server.services) - MOST
        return [*_lines(server), *([f"… and {more} more"] if more > 0 else [])]


def _lines(server: Reflection) -> Iterator[str]:
    names = server.services[:MOST]
    if _HEALTH not in server.services and server.is_there(_HEALTH, _CHECK):
        yield f"{_HEALTH}: answers, and is not listed"
    for name, methods in zip(names, server.methods(names), strict=True):
        there = not methods or server.is_there(name, methods[0])
        yield str(foreign(name)) + ("" if there else ": listed, and answers UNIMPLEMENTED")
