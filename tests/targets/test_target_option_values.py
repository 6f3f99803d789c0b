"""What an option of a target can't be is refused before anything starts, with what is allowed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.base.errors import UsageError
from harness.targets import TARGETS, make_target
from harness.targets.container import SERVICES

# What a target needs beside the option in question.
NEEDED: Mapping[str, Mapping[str, str]] = {
    "process": {"command": "true {port}"},
    "url": {"base_url": "http://127.0.0.1:1"},
    "container": {"service": "own", "image": "mine:1", "port": "8080"},
    "app": {"app": "wsgiref.simple_server:demo_app"},
}
NO_ADDRESS = (
    *("", " ", "127.0.0.1:80", "ftp://host", "http://", "http:host", "http://host:0", "http://host:70000"),
    *("http://host:x", "http://[::1", "http://host/?q", "http://host/#f", "http://ho st", "http://host\n"),
)
NO_SECONDS = ("", "x", "-1", "nan", "inf", "1e3", "1_0", "1,5", "9" * 400, "٣")
NO_PORT = ("", "abc", "-1", "70000", "8080.0", "8_0", "0x50", "9" * 5000, "٣")
NO_PATH = ("", "health", "/he alth", "/gesünd", "/\n")
NO_IMAGE = ("", " ", "mine 1", "-v", "mine\n", "https://mine:1 ")
NO_LINE = ("", " ", "a\nb", "a\0")
WRONG: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("base_url", "jwks_base_url", "https_base_url"), NO_ADDRESS),
    **dict.fromkeys(("wait_seconds", "unknown_kid_cooldown_seconds"), NO_SECONDS),
    **dict.fromkeys(("boot_seconds", "jwks_fetch_timeout_seconds"), (*NO_SECONDS, "0")),
    **dict.fromkeys(("image", "idp_image", "postgres"), NO_IMAGE),
    "port": NO_PORT,
    "grpc_address": ("", "9190", ":9190", "127.0.0.1", "127.0.0.1:x", "http://127.0.0.1:9190", "127.0.0.1:9190/"),
    "grpc_ca_file": ("", "file", "none", "fifo/x", ".", "a\0"),
    "health_path": NO_PATH,
    **dict.fromkeys(("profile", "host"), NO_LINE),
    "health_status": ("", "201", "Any"),
    "app": ("", "wsgiref", ":demo_app", "no_such_module:app", "wsgiref.simple_server:none", "sys:path", "a\0:b"),
    "jwks_host": (*NO_LINE, "localhost", "127.0.0.1", "a b", "." * 300, "no-such-name.invalid"),
    "service": ("", "mine", "Own"),
    **dict.fromkeys(("own_process", "build", "grpc_tls", "one_at_a_time"), ("", "yes", "1")),
    **dict.fromkeys(("server", "binary"), ("", " ", "none", "file", "fifo", "dangling", ".", "a\0", "file/below")),
    "faults": ("m-of-no-such-name", "m-exp-optional,m-exp-optionnal"),
    "command": ("", " ", "'", "no-such-program {port}", "/nowhere/service {port}", "true", "true {prot}", "a\0 {port}"),
    "log_folder": ("file", "file/below", "fifo", "dangling", "/dev/null/x", "a\0"),
    "environment": ("A", "=1", "A='", "A={isuer}"),
    "config": ("service.toml", "none:/etc/x", ".:/etc/x", "fifo:/etc/x", "latin:/etc/x", "huge:/etc/x", ":/etc/x"),
}
# A container's command is a program in its image.
OTHERWISE = {("container", "command"): ("serve '", "serve {isuer}"), ("container", "port"): (*NO_PORT, "0")}


OPTIONS = [(target, option) for target, entry in TARGETS.items() for option in entry.options]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with files of which each can't be what an option wants."""
    (tmp_path / "file").touch()
    (tmp_path / "latin").write_bytes(b"name = '\xe9'\n")
    (tmp_path / "huge").touch()
    os.truncate(tmp_path / "huge", 4 * 1024 * 1024 + 1)
    (tmp_path / "dangling").symlink_to("/proc/nowhere")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(target: str, options: dict[str, str]) -> str:
    """The sentence of the usage error; "" when there is none."""
    try:
        make_target(target, options)
    except UsageError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize(("target", "option"), OPTIONS)
def test_values_that_an_option_can_not_have_are_refused(place: Path, target: str, option: str) -> None:
    """With the name of the option: exit status 2 (`UsageError`), and nothing is made."""
    before = sorted(place.iterdir())
    for value in OTHERWISE.get((target, option), WRONG[option]):
        said = refusal(target, {**NEEDED.get(target, {}), option: value})
        assert option.removesuffix("s") in said, value
        assert len(said) < 600, value
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("tasker-worker", {"port": "0", "boot_seconds": "0.5", "log_folder": "new/below"}),
        ("tasker-worker", {"port": 8081, "boot_seconds": 30, "log_folder": Path("new")}),
        ("tasker-orchestration", {"server": "/bin/sh", "build": "false", "port": "0"}),
        ("reference", {"unknown_kid_cooldown_seconds": "0", "faults": "m-exp-optional, m-no-exp-check"}),
        ("reference", {"faults": (), "own_process": True}),
        ("process", {"command": "./service {port}", "health_path": "/a/b?c=%20"}),
        ("process", {"command": "{ca_file} {port}", "jwks_base_url": "http://host.internal:{port}/below"}),
        ("url", {"base_url": "http://127.0.0.1:1", "grpc_address": "[::1]:9190"}),
        ("url", {"base_url": "http://127.0.0.1:1", "grpc_address": "https://tasker.test:9190"}),
        ("url", {"base_url": "https://[::1]:8443/api", "wait_seconds": "0", "https_base_url": "https://idp.example"}),
        ("container", {"service": "own", "image": "registry.example:5000/a/b@sha256:0a", "port": "1", "command": ""}),
    ],
)
def test_values_at_the_edge_of_what_is_allowed_are_taken(place: Path, target: str, options: dict[str, Any]) -> None:
    """Text from a command line, and values as Python has them."""
    (place / "service").write_text("#!/bin/sh\n")
    (place / "service").chmod(0o755)
    assert make_target(target, {**NEEDED.get(target, {}), **options}).name == target


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"port": "70000"}, "option port of target tasker-worker must be no more than 65,535, not '?70000'?"),
        ({"boot_seconds": "0"}, "option boot_seconds of target tasker-worker must be a number of seconds above 0"),
        ({"log_folder": "file"}, "option log_folder .* must be a folder to which files can be written"),
        ({"jwks_host": "localhost"}, "jwks_host 'localhost' is a name that Tasker refuses"),
    ],
)
def test_the_sentence_says_what_is_allowed(place: Path, options: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make_target("tasker-worker", options)


def test_a_configuration_file_is_read_before_anything_starts(place: Path) -> None:
    """And the sentence says what is wrong with it."""
    for file, said in (("latin", "byte 0xe9 is no UTF-8"), ("fifo", "it is a FIFO"), ("huge", "is too large")):
        with pytest.raises(UsageError, match=f"config names the file {file}, which .*{said}"):
            make_target("container", {**NEEDED["container"], "config": f"{file}:/etc/x"})


def test_the_services_of_containers_are_those_that_the_option_allows() -> None:
    assert TARGETS["container"].options["service"].kind.missing(SERVICES[0]) == ""
    assert "own" in SERVICES
