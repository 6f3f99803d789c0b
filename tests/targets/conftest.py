"""Fixtures of the target tests: an issuer, a log, a folder for temporary files that every user can enter."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from target_issuer import Issuer, running_issuer

from harness.processes.service_log import ServiceLog

TINY_SERVICE = Path(__file__).with_name("tiny_service.py")


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def log() -> Iterator[ServiceLog]:
    log = ServiceLog("test")
    yield log
    log.close()


@pytest.fixture
def temporary_base(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder that is TMPDIR for this process and those it starts; it must be empty again in the end.

    pytest's own `tmp_path`, made first to stay outside, is closed to other users, and root's PostgreSQL runs as one.
    """
    base = Path(tempfile.mkdtemp(prefix="target-tests-"))
    base.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(base))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield base
    left = sorted(base.rglob("*"))
    shutil.rmtree(base)
    assert not left


@pytest.fixture
def tiny_command() -> list[str]:
    """The command line of the tiny service, on a port that the harness chooses."""
    return [sys.executable, str(TINY_SERVICE), "--port", "{port}"]


@pytest.fixture
def only_as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can run a command as another user")
