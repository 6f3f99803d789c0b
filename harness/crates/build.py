"""Building Tasker's orchestration service from the crate registry: half an hour, once."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from harness.base.errors import HarnessError
from harness.base.own_environment import own_environment
from harness.crates.cache import VERSION, cache_folder, is_made, made_once
from harness.crates.cargo import INSTALL_RUST, crate_folder, find_cargo, needed_cargo
from harness.crates.server import BUILD_MINUTES, PROGRAM, built_server
from harness.processes.guarded_process import Ending, GuardedProcess
from harness.processes.scratch_folder import ScratchFolder
from harness.processes.service_log import ServiceLog
from harness.shown.foreign_text import foreign, lines_of

CRATE = "tasker-orchestration"
# How many are compiled for this version; others are compiled on other systems.
ABOUT_CRATES = 486
# What is compiled on the way, which goes when the program is there.
NEEDED_BYTES = 3_000_000_000
_TOOLS = {
    "cc": "a C compiler: apt-get install build-essential",
    "protoc": "the compiler of protocol buffers: apt-get install protobuf-compiler libprotobuf-dev",
    "curl": "curl, by which a build script reads a file: apt-get install curl",
}
_WELL_KNOWN = "google/protobuf/timestamp.proto"
_TYPES = (
    f"{_WELL_KNOWN}, which protoc doesn't find: apt-get install libprotobuf-dev, or name its folder in PROTOC_INCLUDE"
)
_PROBE_SECONDS = 20.0
# A build script would fetch this file from a site that is no registry.
_SWAGGER = ("utoipa-swagger-ui-vendored", "0.1.2")
_SWAGGER_FILE = "res/v5.17.14.zip"
_LINE_CRATES, _LINE_SECONDS = 25, 60.0


def missing_for_build() -> list[str]:
    """What this machine lacks for a build, each with what to do."""
    missing = [] if find_cargo() else [f"cargo: {INSTALL_RUST}"]
    lacks = [what for name, what in _TOOLS.items() if not _is_here(name)]
    missing += [*lacks, *_lacking_types()]
    folder = cache_folder()
    there = next(one for one in (folder, *folder.parents) if is_made(one))
    if (free := shutil.disk_usage(there).free) < NEEDED_BYTES:
        missing.append(f"room: {NEEDED_BYTES / 1e9:.0f} GB in {there}, where {free / 1e9:.1f} GB are free")
    return missing


def _is_here(tool: str) -> bool:
    # Its variable, which the build scripts that call it look at first.
    return bool(_protoc() if tool == "protoc" else shutil.which(tool))


def _lacking_types() -> list[str]:
    """What to do where protoc can't be run, or doesn't know the types that come with it, which Debian has elsewhere."""
    protoc = _protoc()
    if protoc is None:
        return []
    line = [protoc, f"--descriptor_set_out={os.devnull}", _WELL_KNOWN]
    # Where it is set, the build scripts hand it on.
    line += [f"-I{more}"] if (more := os.environ.get("PROTOC_INCLUDE")) else []
    try:
        done = subprocess.run(line, cwd="/", capture_output=True, check=False, timeout=_PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"a protoc that runs, and {foreign(protoc)} doesn't ({foreign(error)}): set PROTOC right, or unset it"]
    return [] if done.returncode == 0 else [_TYPES]


def _protoc() -> str | None:
    return os.environ.get("PROTOC") or shutil.which("protoc")


def build_server(say: Callable[[str], None]) -> Path:
    """The program, built unless it is there already; `say` gets a line from time to time.

    When it is interrupted, what was compiled stays for the next time, and nothing counts as built. Raises
    `HarnessError` when something is missing or the build fails, with the end of what cargo said.
    """

    def make(folder: Path) -> None:
        if missing := missing_for_build():
            raise HarnessError("\n".join([f"{PROGRAM} can't be built here; missing:", *missing]))
        say(
            f"Building {PROGRAM} {VERSION} from Rust's crate registry: {BUILD_MINUTES} on two cores, once. "
            "Ctrl-C ends it; what is compiled by then is used again."
        )
        _install(folder, say)
        shutil.rmtree(_compiled(), ignore_errors=True)

    made_once(built_server().parent.parent, make, waiting=lambda: say("Another process builds it; waiting for that."))
    return built_server()


def _compiled() -> Path:
    return cache_folder() / "target"


def _install(root: Path, say: Callable[[str], None]) -> None:
    line = [needed_cargo(), "install", CRATE, "--version", VERSION, "--locked", "--debug"]
    line += ["--bin", PROGRAM, "--root", str(root), "--color", "never"]
    environment = {
        **own_environment(),
        "CARGO_TARGET_DIR": str(_compiled()),
        # Unoptimised and without debug information: it is quick to build, and as quick as tests need.
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_INCREMENTAL": "0",
        "CARGO_TERM_PROGRESS_WHEN": "never",
        "SQLX_OFFLINE": "true",
        "SWAGGER_UI_DOWNLOAD_URL": (crate_folder(*_SWAGGER) / _SWAGGER_FILE).as_uri(),
    }
    with closing(ServiceLog("cargo")) as log, _running(line, environment, log) as process:
        _follow(process, log, say)
        if (status := process.exit_status()) != 0:
            said = [f"  | {one}" for one in lines_of(log.tail(), 40)]
            raise HarnessError("\n".join([f"cargo install ended with status {status}", *said]))


@contextmanager
def _running(line: list[str], environment: dict[str, str], log: ServiceLog) -> Iterator[GuardedProcess]:
    """The process, in a folder of its own: cargo obeys settings in the one that it is called in."""
    process = GuardedProcess(line, environment=environment, log=log, scratch=ScratchFolder(), ending=Ending("INT"))
    try:
        yield process
    finally:
        process.stop()


def _follow(process: GuardedProcess, log: ServiceLog, say: Callable[[str], None]) -> None:
    """Say how far it is, until it has ended."""
    began = said_at = time.monotonic()
    said = 0
    while not process.wait(1.0):
        count, now = _crates(log), time.monotonic()
        # Also where nothing new has begun: the last crate takes as long as a hundred others.
        if count >= said + _LINE_CRATES or now >= said_at + _LINE_SECONDS:
            minutes, seconds = divmod(int(now - began), 60)
            say(f"{count} of about {max(count, ABOUT_CRATES)} crates, {minutes}:{seconds:02} minutes")
            said, said_at = count, now


def _crates(log: ServiceLog) -> int:
    """How many cargo has begun to compile. Its output is some ten kilobytes."""
    size = os.fstat(log.descriptor).st_size
    return os.pread(log.descriptor, size, 0).count(b"   Compiling ")
