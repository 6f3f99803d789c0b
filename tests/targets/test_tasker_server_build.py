"""The orchestration service is built when somebody asks for it, once, and half a build counts as none."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import fake_cargo
import pytest
from target_waits import wait_for

from harness.base.errors import HarnessError
from harness.crates import build as building
from harness.crates.build import build_server, missing_for_build
from harness.crates.database_files import database_files, why_no_database_files
from harness.crates.server import built_server, find_server
from harness.targets import TargetError


@pytest.fixture
def cargo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cargo of the tests' own, and a machine that has all that a build needs."""
    monkeypatch.setattr(building, "_TOOLS", {})
    monkeypatch.setattr(building, "NEEDED_BYTES", 0)
    return fake_cargo.put_on_the_path(tmp_path, monkeypatch)


def calls(cargo: Path) -> list[str]:
    file = cargo / "calls"
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def test_it_is_built_once_and_found_by_the_next_run(cargo: Path) -> None:
    said: list[str] = []
    programs = [build_server(said.append), build_server(said.append), find_server(None)]
    assert programs == [built_server()] * 3
    assert (calls(cargo), sum("Building" in line for line in said)) == (["info", "install"], 1)


def test_what_a_build_script_wants_comes_from_a_crate(cargo: Path) -> None:
    assert build_server(print).read_text().endswith("utoipa-swagger-ui-vendored-0.1.2/res/v5.17.14.zip")


def test_what_was_compiled_on_the_way_goes_when_the_program_is_there(cargo: Path) -> None:
    build_server(print)
    assert sorted(one.name for one in built_server().parents[2].iterdir()) == ["server", "server.lock"]


def test_it_says_how_far_it_is_while_one_crate_takes_long(cargo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one takes as long as a hundred others."""
    monkeypatch.setattr(building, "_LINE_SECONDS", 0.0)
    os.mkfifo(cargo / "waits")
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if said[-2:-1] and all("30 of about" in one for one in said[-2:]):
            goes_on.set()

    def let_go() -> None:
        goes_on.wait(60)
        (cargo / "waits").open("w").close()

    goes_on, waiting = threading.Event(), threading.Thread(target=let_go)
    waiting.start()
    build_server(say)
    waiting.join()
    assert goes_on.is_set()


def test_a_build_that_fails_says_what_cargo_said_and_counts_as_none(cargo: Path) -> None:
    (cargo / "fails").touch()
    with pytest.raises(HarnessError, match="error: no such thing"):
        build_server(print)
    assert not built_server().exists()


def test_a_protoc_without_its_types_is_told_before_the_build(
    cargo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails at the first file that has a time in it, twenty minutes later."""
    protoc = tmp_path / "own-protoc"
    monkeypatch.setenv("PROTOC", str(protoc))
    protoc.write_text("#!/bin/sh\nexit 1\n")
    protoc.chmod(0o755)
    assert [one.partition(":")[2].partition(",")[0] for one in missing_for_build()] == [
        " apt-get install libprotobuf-dev"
    ]
    protoc.write_text('#!/bin/sh\ncase "$*" in *-I/types*) exit 0;; esac\nexit 1\n')
    monkeypatch.setenv("PROTOC_INCLUDE", "/types")
    assert missing_for_build() == []


@pytest.mark.parametrize("kind", ["nothing", "folder", "text"])
def test_a_protoc_that_can_not_be_run_is_told(
    cargo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whatever the variable names."""
    protoc = tmp_path / "own-protoc"
    if kind == "folder":
        protoc.mkdir()
    elif kind == "text":
        protoc.write_text("no program")
    monkeypatch.setenv("PROTOC", str(protoc))
    [missing] = missing_for_build()
    assert missing.startswith(f"a protoc that runs, and {protoc} doesn't (")
    assert missing.endswith("set PROTOC right, or unset it")


BUILD = """
from harness.crates import build
build._TOOLS, build.NEEDED_BYTES = {}, 0
build.build_server(lambda line: print(line, flush=True))
"""


@pytest.mark.parametrize("signal", [2, 9], ids=["ctrl-c", "kill-9"])
def test_an_interrupted_build_counts_as_none_and_leaves_no_process(cargo: Path, signal: int) -> None:
    os.mkfifo(cargo / "waits")
    with subprocess.Popen(
        [sys.executable, "-c", BUILD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout
        assert "Building tasker-server" in one.stdout.readline()
        assert "30 of about" in one.stdout.readline()
        one.send_signal(signal)
        one.communicate(timeout=60)
    # Nobody holds the other end of the FIFO any more.
    wait_for(lambda: _can_be_opened(cargo / "waits"), lambda opened: not opened)
    assert not built_server().exists()
    (cargo / "waits").unlink()
    (built_server().parents[2] / "target/half").unlink()
    (built_server().parents[2] / "target").rmdir()
    assert build_server(print).is_file()


def _can_be_opened(fifo: Path) -> bool:
    """Whether somebody reads from it."""
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def test_what_is_missing_is_named_before_anything_begins(cargo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_TOOLS", {"no-such-tool": "a tool: get it"})
    monkeypatch.setattr(building, "NEEDED_BYTES", 10**18)
    with pytest.raises(HarnessError, match=r"(?s)missing:\na tool: get it\nroom: 1000000000 GB in "):
        build_server(print)
    assert calls(cargo) == []


def test_without_cargo_rust_is_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert missing_for_build()[0] == "cargo: install Rust (https://rustup.rs)"
    assert "there is no cargo to fetch them" in str(why_no_database_files())


def test_the_files_of_the_database_are_fetched_once(cargo: Path) -> None:
    files = database_files()
    assert [one.name for one in (*files.extension, *files.migrations)] == [
        *("pgmq.control", "pgmq--1.2.3.sql", "1_a.sql", "2_b.sql")
    ]
    assert (database_files(), calls(cargo)) == (files, ["info", "info"])
    assert why_no_database_files() is None


def test_a_crate_that_can_t_be_fetched_is_told_with_what_cargo_said(cargo: Path) -> None:
    (cargo / "fails").touch()
    with pytest.raises(TargetError, match=r"the crate pgmq 0\.33\.7 can't be fetched .*error: no such thing"):
        database_files()


def test_a_given_program_goes_before_that_of_the_environment_and_before_the_built_one(
    cargo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_server(print)
    monkeypatch.setenv("TASKER_SERVER", "/bin/true")
    assert [find_server("/bin/sh"), find_server(None)] == [Path("/bin/sh"), Path("/bin/true")]


def test_without_a_program_the_ways_to_get_one_are_named(cargo: Path) -> None:
    with pytest.raises(TargetError, match=r"idp-harness build tasker-orchestration.*server=PATH, or TASKER_SERVER"):
        find_server(None)


def test_a_path_without_a_program_is_told_with_where_it_came_from(cargo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cargo / "text").write_text("no program")
    with pytest.raises(TargetError, match=r"the option server is '.*/text', and no program is there"):
        find_server(str(cargo / "text"))
    monkeypatch.setenv("TASKER_SERVER", "/no/such")
    with pytest.raises(TargetError, match="TASKER_SERVER is '/no/such'"):
        find_server(None)
