"""Which gRPC services answer at an address is found out by asking the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness

from harness.base.errors import HarnessError
from harness.targets import grpc_services
from harness.wire import grpc_library
from harness.wire.grpc_address import GrpcAddress

grpc: Any = pytest.importorskip("grpc", reason="pip install 'idp-harness[grpc]'")
reflection: Any = pytest.importorskip("grpc_reflection.v1alpha.reflection", reason="pip install 'idp-harness[grpc]'")
messages: Any = pytest.importorskip("grpc_reflection.v1alpha.reflection_pb2")

Serve = Callable[..., str]
_END_SECONDS = 60.0
HEALTH = "grpc.health.v1.Health"
# Its description is here, whether a server has it or not.
DESCRIBED = "grpc.reflection.v1alpha.ServerReflection"


def listed(address: str) -> list[str]:
    """What is shown of the server at HOST:PORT."""
    return grpc_services.grpc_services(GrpcAddress(address))


def _end(server: Any) -> None:
    """Nothing that was asked of it keeps it from ending."""
    assert server.stop(0).wait(_END_SECONDS)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers; returns the address."""
    with ExitStack() as running:

        def start(
            version: str | None, names: Sequence[str] = ("tasker.v1.TaskService",), *, health: bool = False
        ) -> str:
            server = grpc.server(running.enter_context(ThreadPoolExecutor(2)))
            if health:
                check = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
                server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(HEALTH, {"Check": check}),))
            if version is not None:
                answer = grpc.stream_stream_rpc_method_handler(
                    reflection.ReflectionServicer(names).ServerReflectionInfo,
                    messages.ServerReflectionRequest.FromString,
                    messages.ServerReflectionResponse.SerializeToString,
                )
                service = f"grpc.reflection.{version}.ServerReflection"
                handler = grpc.method_handlers_generic_handler(service, {"ServerReflectionInfo": answer})
                server.add_generic_rpc_handlers((handler,))
            port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            running.callback(lambda: _end(server))
            return f"127.0.0.1:{port}"

        yield start


def test_the_services_are_listed(serve: Serve, tmp_path: Path) -> None:
    """By name, one a line."""
    done = idp_harness("doctor", "--grpc", serve("v1"), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["tasker.v1.TaskService"]


def test_a_service_that_is_listed_and_not_there_is_told_from_one_that_is(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """By a request that no method gets to see; one that takes a stream gets an empty one."""
    assert listed(serve("v1alpha", [DESCRIBED])) == [DESCRIBED]
    assert listed(serve("v1", [DESCRIBED])) == [f"{DESCRIBED}: listed, and answers UNIMPLEMENTED"]
    assert "deserializing" not in caplog.text


def test_the_health_service_is_named_although_nobody_lists_it(serve: Serve) -> None:
    """Where it answers; a server that lists it names it once."""
    address = serve("v1", health=True)
    assert listed(address) == [f"{HEALTH}: answers, and is not listed", "tasker.v1.TaskService"]
    assert listed(serve("v1", [HEALTH], health=True)) == [HEALTH]


def test_names_that_a_terminal_would_obey_are_spelt_out(tmp_path: Path, serve: Serve) -> None:
    """And no more of them are shown than somebody reads."""
    names = ["\x1b[2Jall is well", *(f"s{number}" for number in range(600))]
    done = idp_harness("doctor", "--grpc", serve("v1", names), folder=tmp_path)
    lines = done.stdout.split("\n")
    assert (done.returncode, lines[0], lines[-2]) == (0, r"\x1b[2Jall is well", "… and 101 more")


def test_a_server_without_reflection_is_told_from_none(serve: Serve, tmp_path: Path) -> None:
    """The one needs a setting, the other an address; both are exit status 3."""
    silent = idp_harness("doctor", "--grpc", serve(None), folder=tmp_path)
    assert (silent.returncode, "switch server reflection on" in silent.stderr) == (3, True)
    nobody = idp_harness("doctor", "--grpc", "127.0.0.1:1", folder=tmp_path)
    assert (nobody.returncode, "no gRPC server answers at 127.0.0.1:1" in nobody.stderr) == (3, True)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr(grpc_library, "find_spec", lambda name: None)
    with pytest.raises(HarnessError, match=r"pip install 'idp-harness\[grpc\]'"):
        listed("127.0.0.1:1")


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_both_versions_of_reflection_are_understood(serve: Serve, version: str) -> None:
    """A server in Rust has the first, one in Python the second."""
    address = serve(version)
    assert listed(address) == ["tasker.v1.TaskService"]
