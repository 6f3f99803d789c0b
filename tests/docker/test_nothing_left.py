"""A run with containers leaves no container, network, volume, process or temporary folder, however it ends."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_look import SECONDS, in_engine, needs_testcontainers, processes_of, running, wait_for
from target_images import variables

pytestmark = needs_testcontainers
PROGRAM = str(Path(sys.executable).parent / "idp-harness")
CASE = "baseline/plain-tokens/base-plain-token[auth0]"
# A run that is ended in the middle of this has everything running.
LONG = """
title = "A wait"

[area-long]
title = "A wait"
requirement = "None"
source = "None"
level = "must"
severity = "low"
timed = true
styles = ["auth0"]
expect = "accept"
steps = [{ do = "send" }, { do = "wait", seconds = 600 }, { do = "send" }]
"""
BROKEN = LONG.replace('expect = "accept"\n', "expect = [418]\n").replace(', { do = "wait", seconds = 600 }', "")
# One more case, so that each of two processes has one.
SECOND_CASE = LONG.replace('title = "A wait"\n\n', "", 1).replace("area-long", "area-longer")
EVERYTHING = {"container", "network"}
# After kill -9 a worker has 15 s to notice (execnet), and what removes the containers a minute.
ENGINE_SECONDS = 180.0


class Run:
    """A run of the program in a session of its own, with temporary files in a folder of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.id = secrets.token_hex(8)
        self.folder, self.temporary = folder, folder / "tmp"
        self.temporary.mkdir()
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        own = {"IDP_HARNESS_RUN_ID": self.id, "TMPDIR": str(self.temporary)}
        self.environment = clean | environment | own
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "output.txt").open("wb") as output:
            self.process = subprocess.Popen(
                [PROGRAM, "run", "--target", "container", "--report-dir", str(self.folder / "out"), *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self.process

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text()

    def wait_until_everything_runs(self, workers: int) -> None:
        """Until each of so many processes has its network with provider, PostgreSQL and Tasker worker."""

        def state() -> tuple[int | None, list[str], str]:
            assert self.process
            return self.process.poll(), in_engine(self.id), self.output

        def reached(seen: object) -> bool:
            status, there, output = state()
            assert status is None, output
            return sum("container" in one for one in there) == 3 * workers

        wait_for(state, reached, ENGINE_SECONDS)

    def left(self) -> list[str]:
        """Everything of the run that is there."""
        return [*in_engine(self.id), *running(self.id), *(f"file {one}" for one in self.temporary.iterdir())]


@pytest.fixture
def run(tmp_path: Path, image: Callable[[str], str]) -> Iterator[Run]:
    run = Run(tmp_path, variables(image))
    yield run
    if run.process:
        run.process.kill()
        run.process.wait()
    wait_for(run.left, lambda left: not left, ENGINE_SECONDS)


def write(folder: Path, text: str) -> list[str]:
    """A scenario of our own; the options that choose it."""
    file = folder / "mine" / "area" / "topic.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return ["area/", "--scenarios", "mine"]


def test_after_success(run: Run) -> None:
    assert run.start("baseline/plain-tokens", "--style", "auth0", "-n", "0").wait(SECONDS) == 0, run.output
    assert run.left() == []


def test_after_a_failure(run: Run) -> None:
    assert run.start(*write(run.folder, BROKEN), "-n", "0").wait(SECONDS) == 1, run.output
    assert run.left() == []


def test_after_a_service_that_does_not_start(run: Run) -> None:
    """The run could not judge it, and shows what the container wrote."""
    options = [
        "service=own",
        "image=" + run.environment["MOCK_IDP_IMAGE"],
        "port=8080",
        "command=serve --style nobody",
    ]
    arguments = [word for option in options for word in ("--target-option", option)]
    arguments += ["--profile", "tasker-worker", "baseline/plain-tokens", "--style", "auth0", "-n", "0"]
    assert run.start(*arguments).wait(SECONDS) == 3, run.output
    assert "'nobody' is not one of" in run.output
    assert run.left() == []


def test_after_ctrl_c(run: Run) -> None:
    process = run.start(*write(run.folder, LONG), "-n", "0")
    run.wait_until_everything_runs(1)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(SECONDS) == 130, run.output
    wait_for(run.left, lambda left: not left)


def test_after_kill_9_of_a_run_in_two_processes(run: Run) -> None:
    process = run.start(*write(run.folder, LONG + SECOND_CASE), "-n", "2")
    run.wait_until_everything_runs(2)
    process.kill()
    wait_for(run.left, lambda left: not left, ENGINE_SECONDS)


def test_after_kill_9_of_the_guards_too(run: Run) -> None:
    """What removes the containers is told by the kernel then."""
    process = run.start(*write(run.folder, LONG), "-n", "0")
    run.wait_until_everything_runs(1)
    guards = [one for one in processes_of(run.id) if any("guard.py" in word for word in one.cmdline())]
    assert guards
    for one in [process, *guards]:
        os.kill(one.pid, signal.SIGKILL)
    wait_for(run.left, lambda left: not left, ENGINE_SECONDS)
