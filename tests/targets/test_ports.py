"""A free port is free, and a taken one has a holder with a name."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.processes import ports


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", ports.free_port())) as listener:
        assert port_of(listener)


def test_a_port_that_somebody_listens_on_is_not_free(listener: socket.socket) -> None:
    assert not ports.is_free(port_of(listener))


def test_a_port_whose_last_connection_just_closed_is_free(listener: socket.socket) -> None:
    port = port_of(listener)
    with socket.create_connection(listener.getsockname()):
        server, _ = listener.accept()
        server.close()  # The side that closes first keeps the port in TIME_WAIT.
    listener.close()
    assert ports.is_free(port)


def test_equally_seeded_processes_get_different_ports() -> None:
    random.seed(1)
    first = [ports.free_port() for _ in range(3)]
    random.seed(1)
    assert [ports.free_port() for _ in range(3)] != first


@pytest.mark.skipif(not ports._EPHEMERAL.exists(), reason="only Linux tells the range in a file")
def test_ports_that_the_kernel_hands_out_are_avoided() -> None:
    low, high = (int(word) for word in ports._EPHEMERAL.read_text().split())
    assert not low <= ports.free_port() <= high


def test_without_room_outside_the_kernel_s_range_there_still_is_a_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "range").write_text("1024\t65535\n")
    monkeypatch.setattr(ports, "_EPHEMERAL", tmp_path / "range")
    assert ports.is_free(ports.free_port())


def test_the_holder_of_a_port_is_known(listener: socket.socket) -> None:
    assert ports.holders(port_of(listener)) == {os.getpid()}


def test_a_free_port_has_no_holder() -> None:
    assert ports.holders(ports.free_port()) == set()


def test_the_holder_is_described_by_name_and_id(listener: socket.socket) -> None:
    expected = f"{psutil.Process().name()} (pid {os.getpid()})"
    assert ports.describe_holder(port_of(listener)) == expected


def test_the_ports_a_process_listens_on_are_known(listener: socket.socket) -> None:
    assert port_of(listener) in ports.listening_ports(os.getpid())


def test_a_connection_is_not_listening(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname()) as client:
        assert client.getsockname()[1] not in ports.listening_ports(os.getpid())
