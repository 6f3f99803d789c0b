"""Fixtures of the harness tests: one embedded identity provider and one attacker for the process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cell_bench import Bench
from scenario_files import profile_text, write_profile
from small_service import SmallService, honest

from harness.base.bundled import bundled_directory
from harness.idp import embedded
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient


@pytest.fixture(scope="session")
def idp_client() -> Iterator[IdpClient]:
    server = embedded.start()
    client = IdpClient(server.url)
    yield client
    client.close()
    server.close()


@pytest.fixture(scope="session")
def attacker() -> Iterator[AttackerListener]:
    listener = AttackerListener()
    yield listener
    listener.close()


@pytest.fixture
def bench(idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path) -> Bench:
    return Bench(idp_client, attacker, tmp_path)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with a profile of the reference that leaves little to run: what needs a fixed key and one route."""
    bundled = (bundled_directory() / "profiles" / "reference.toml").read_text(encoding="utf-8")
    read = bundled[bundled.index("[routes.") :]
    read = read[: read.index("[routes.", 1)]
    write_profile(tmp_path / "mine", profile_text("static-key", "configure", routes=read), "reference")
    return tmp_path / "mine"


@pytest.fixture
def service() -> Iterator[SmallService]:
    """An honest small service."""
    with SmallService(honest) as service:
        yield service
