"""Faults of the second transport show over gRPC, and do not without the fault."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from harness.targets.grpc_certificate import GrpcCertificate
from harness.wire.grpc_address import GrpcAddress

from .mistakes import Experiment, Start
from .test_faults_side_effects import logs
from .world import FULL_KEY, Service, World

grpc: Any = pytest.importorskip("grpc", reason="pip install 'idp-harness[grpc]'")

LIST, GET_TASK, GET_TEMPLATE = "TaskService/ListTasks", "TaskService/GetTask", "TemplateService/GetTemplate"
Metadata = tuple[tuple[str, str], ...]


def called(
    address: Any, method: str, metadata: Metadata, message: bytes = b"", *, seconds: float = 20, ca: str = ""
) -> tuple[str, str]:
    """The code of a call, and what is said to it."""
    with GrpcAddress.read(address, ca).channel() as channel:
        call = channel.unary_unary(f"/tasker.v1.{method}", request_serializer=bytes, response_deserializer=bytes)
        try:
            call(message, timeout=seconds, metadata=metadata)
        except grpc.RpcError as error:
            return error.code().name, error.details()
    return "OK", ""


def bearer(*permissions: str, form: str = "Bearer {}") -> Callable[[World], Metadata]:
    """A good token with these permissions."""
    return lambda world: (("authorization", form.format(world.k1.token(permissions=list(permissions)))),)


def nothing(world: World) -> Metadata:
    return ()


def api_key(world: World) -> Metadata:
    return (("x-api-key", FULL_KEY),)


def answers(
    code: str, metadata: Callable[[World], Metadata], method: str = LIST, *, message: bytes = b"", **settings: Any
) -> Experiment:
    """The mistake is to answer such a call with this code."""

    def experiment(world: World, start: Start) -> bool:
        address = start(grpc_enabled=True, **settings).server.grpc_address
        return called(address, method, metadata(world), message)[0] == code

    return experiment


def goes_on_with_the_first_key(world: World, start: Start) -> bool:
    """A key that is published later is not taken up."""
    address = start(grpc_enabled=True).server.grpc_address
    assert called(address, LIST, bearer("tasks:list")(world))[0] == "OK"
    world.issuer.publish(world.k1, world.k2)
    world.clock.advance(1)
    token = world.k2.token(permissions=["tasks:list"])
    return called(address, LIST, (("authorization", f"Bearer {token}"),))[0] == "UNAUTHENTICATED"


def repeats_the_credential(world: World, start: Start) -> bool:
    """It stands in what is said to a refused call."""
    metadata = bearer()(world)
    _, details = called(start(grpc_enabled=True).server.grpc_address, LIST, metadata)
    return metadata[0][1] in details


def holds_up_others(world: World, start: Start) -> bool:
    """A call with a known key doesn't end while one with an unknown kid waits for the provider."""
    address = start(grpc_enabled=True, jwks_fetch_timeout_seconds=30.0).server.grpc_address
    good = bearer("tasks:list")(world)
    assert called(address, LIST, good)[0] == "OK"
    world.clock.advance(1)
    world.issuer.hold()
    with ThreadPoolExecutor(1) as pool:
        unknown = pool.submit(called, address, LIST, (("authorization", f"Bearer {world.k2.token()}"),))
        try:
            assert world.issuer.wait_for_fetches(2)
            return called(address, LIST, good, seconds=5)[0] == "DEADLINE_EXCEEDED"
        finally:
            world.issuer.release()
            unknown.result(20)


def outlives_its_end(world: World, start: Start) -> bool:
    """A token that was let in is let in when it has ended."""
    address, token = start(grpc_enabled=True).server.grpc_address, bearer("tasks:list")(world)
    assert called(address, LIST, token)[0] == "OK"
    world.clock.advance(400)
    return called(address, LIST, token)[0] == "OK"


def opens_its_neighbour(world: World, start: Start) -> bool:
    """A token that may list tasks may then get one."""
    address, token = start(grpc_enabled=True).server.grpc_address, bearer("tasks:list")(world)
    assert called(address, LIST, token)[0] == "OK"
    return called(address, GET_TASK, token)[0] == "OK"


def logs_the_call(code: str, *permissions: str) -> Experiment:
    """The mistake is to log the token of a call that is answered so."""

    def ask(world: World, service: Service) -> str:
        metadata = bearer(*permissions)(world)
        assert called(service.server.grpc_address, LIST, metadata)[0] == code
        return metadata[0][1]

    return logs(ask, grpc_enabled=True)


def stands_still(code: str, counter: str, metadata: Callable[[World], Metadata]) -> Experiment:
    """A call that is answered so moves nothing of a counter."""

    def experiment(world: World, start: Start) -> bool:
        server = start(grpc_enabled=True).server
        assert called(server.grpc_address, LIST, metadata(world))[0] == code
        return counter not in server.app.gate.metrics.text()

    return experiment


def over_tls(code: str, *, trusted: bool) -> Experiment:
    """The mistake is to answer a call without credentials so, over TLS or, where nothing is `trusted`, in the clear."""

    def experiment(world: World, start: Start) -> bool:
        certificate = GrpcCertificate()
        try:
            ca, chain, key = certificate.files()
            server = start(grpc_enabled=True, grpc_tls_cert_path=chain, grpc_tls_key_path=key).server
            return called(server.grpc_address, LIST, nothing(world), ca=ca if trusted else "")[0] == code
        finally:
            certificate.close()

    return experiment


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-grpc-skips-permission": answers("OK", bearer()),
    "m-grpc-wrong-codes": (
        answers("PERMISSION_DENIED", nothing),
        answers("PERMISSION_DENIED", bearer(form="Bearer x{}")),
    ),
    "m-grpc-errors-are-internal": answers("INTERNAL", nothing),
    "m-grpc-wrong-permission": answers("OK", bearer("tasks:list"), GET_TASK),
    "m-grpc-open-method": answers("OK", nothing, GET_TEMPLATE),
    "m-grpc-scheme-case": answers("UNAUTHENTICATED", bearer("tasks:list", form="bearer {}")),
    "m-grpc-no-api-keys": answers("UNAUTHENTICATED", api_key),
    "m-grpc-key-rescues-token": answers("OK", lambda world: (("authorization", "Bearer x"), *api_key(world))),
    "m-grpc-exact-permissions": answers("PERMISSION_DENIED", bearer("tasks:*")),
    "m-grpc-star": answers("OK", bearer("*")),
    "m-grpc-not-strict": answers("OK", bearer("tasks:list", "no:such"), strict_validation=True),
    "m-grpc-first-keys": goes_on_with_the_first_key,
    "m-grpc-token-kept": outlives_its_end,
    "m-grpc-decision-for-service": opens_its_neighbour,
    "m-grpc-metadata-logged": (logs_the_call("OK", "tasks:list"), logs_the_call("PERMISSION_DENIED")),
    "m-grpc-refused-metadata-logged": logs_the_call("PERMISSION_DENIED"),
    "m-grpc-decodes-first": answers("INVALID_ARGUMENT", nothing, message=b"\xff"),
    "m-grpc-error-echoes-token": repeats_the_credential,
    "m-grpc-gateway-metadata": answers(
        "OK", lambda world: (("grpcgateway-authorization", bearer("tasks:list")(world)[0][1]),)
    ),
    "m-grpc-one-at-a-time": holds_up_others,
    "m-grpc-not-counted": stands_still("UNAUTHENTICATED", "tasker_auth_failures_total", nothing),
    "m-grpc-denials-not-counted": stands_still("PERMISSION_DENIED", "tasker_permission_denials_total", bearer()),
    "m-grpc-tls-ignored": over_tls("UNAUTHENTICATED", trusted=False),
    "m-grpc-tls-believed": over_tls("OK", trusted=True),
    "m-grpc-health-protected": answers("UNAUTHENTICATED", nothing, "HealthService/CheckHealth"),
}


def test_a_good_token_is_let_in(world: World) -> None:
    """With its permission; so is an API key."""
    assert not answers("UNAUTHENTICATED", bearer("tasks:list"))(world, world.start)
    assert answers("OK", bearer("tasks:list"))(world, world.start)
    assert answers("OK", api_key)(world, world.start)


def test_a_message_that_is_none_is_told_after_the_caller_was_let_in(world: World) -> None:
    """And to nobody else."""
    assert answers("INVALID_ARGUMENT", bearer("tasks:list"), message=b"\xff")(world, world.start)
    assert answers("UNAUTHENTICATED", nothing, message=b"\xff")(world, world.start)


def test_without_the_setting_nothing_serves_grpc(world: World) -> None:
    """So that nobody needs the extra who doesn't ask for it."""
    assert world.start().server.grpc_address is None


def test_a_port_that_is_taken_ends_the_start(world: World) -> None:
    """Nothing is left that listens."""
    taken = int(world.start(grpc_enabled=True).server.grpc_address.rpartition(":")[2])
    with pytest.raises(OSError, match=f"gRPC can't be served at 127.0.0.1:{taken}"):
        world.start(grpc_enabled=True, grpc_port=taken)
