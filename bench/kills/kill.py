"""One kill: a command is started, killed at a random moment, and what it leaves is looked for."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.kills.command import END_SECONDS, Command, folder_of
from bench.kills.leftovers import Watch, end_all, wait_for_nothing
from bench.kills.subjects import STAYING, Subject
from bench.kills.victims import CTRL_C, HANG_UP, KEYS, SIGNALS, VICTIMS, choices, send

QUIET_SECONDS = 60.0  # For the rest to end and be removed.
_LOOK_SECONDS = 0.02
_SETTLED_AFTER = 1.3  # What stays is also killed some time after it is ready.
_NEXT_START = "from harness.processes.scratch_folder import ScratchFolder as F; f = F(); f.make(); f.remove()"


@dataclass
class Kill:
    """What is done, chosen by the dice alone, and what came of it."""

    number: int
    subject: str
    victims: str
    how: str
    terminal: bool
    user: str
    share: float
    """When: the part of the command's usual time that has gone by."""
    status: int | None = None
    killed: int = 0
    waited: float = 0.0
    lines: int = 0
    problems: list[str] = field(default_factory=list)
    output: str = ""

    def __str__(self) -> str:
        where = " at a terminal" if self.terminal else ""
        who = f" as {self.user}" if self.user else ""
        return (
            f"kill {self.number}: {self.subject}{where}{who}, {self.how} to {self.victims} ({self.killed}) at "
            f"{self.share:.0%}: status {self.status}, {self.waited:.1f} s to nothing"
        )


def choose(number: int, seed: int, subject: Subject, users: tuple[str, ...]) -> Kill:
    """The kill of this number: the same for the same seed."""
    dice = random.Random(f"{seed}-{number}")
    terminal = dice.random() < 0.34
    victims = dice.choice(choices(subject.has))
    how = dice.choice([one.name for one in SIGNALS])
    if terminal and victims == "main":
        how = dice.choice([how, CTRL_C, HANG_UP])
    return Kill(number, subject.name, victims, how, terminal, dice.choice(users), dice.random())


def carry_out(kill: Kill, subject: Subject, seconds: float, seed: int) -> None:
    """Start the command, whose usual time is `seconds`, kill, and note in `kill` what came of it."""
    dice = random.Random(f"{seed}-{kill.number}-victims")
    with folder_of(kill.user) as folder:
        command = Command(subject, folder, user=kill.user, terminal=kill.terminal)
        try:
            with Watch(command.pid, folder / "tmp") as watch:
                _strike(kill, command, watch, kill.share * seconds, dice)
                before = _whole_lines(folder / subject.record) if subject.record else []
                kill.status = command.wait(subject.stays and not (kill.killed and "main" in kill.victims))
                if subject.command[1] == "start" and kill.status == 0:
                    command.run([subject.line()[0], "stop"])
                if kill.killed and kill.victims.endswith("and keepers"):  # Nobody is left but the next start.
                    command.run([sys.executable, "-c", _NEXT_START])
                left = wait_for_nothing(watch, {os.getpid()}, QUIET_SECONDS)
                kill.waited = left.seconds
                kill.problems += [f"left: {one}" for one in left.what]
                end_all(watch)
            if subject.record:
                _check_record(kill, folder / subject.record, before)
            kill.output = command.output()
            _check_status(kill)
        finally:
            command.close()


def undisturbed_seconds(subject: Subject) -> float:
    """How long the command takes when nobody kills it; for one that stays, until a while after it is ready."""
    begun, pause = time.monotonic(), threading.Event()
    with folder_of("") as folder:
        command = Command(subject, folder)
        try:
            if subject.stays:
                while "Ctrl-C ends it" not in command.output() and command.poll() is None:
                    pause.wait(_LOOK_SECONDS)
                return (time.monotonic() - begun) * _SETTLED_AFTER
            status, seconds = command.wait(False), time.monotonic() - begun
            if subject.command[1] == "start":
                command.run([subject.line()[0], "stop"])
            if status != 0:
                raise RuntimeError(f"{subject.name} ends with {status} without a kill:\n{command.output()}")
            return seconds
        finally:
            command.close()


def _strike(kill: Kill, command: Command, watch: Watch, seconds: float, dice: random.Random) -> None:
    """Wait for the moment, and for somebody to kill; a command that ends before is not killed."""
    pause, moment = threading.Event(), time.monotonic() + seconds
    while command.poll() is None:
        if time.monotonic() >= moment and (kill.how not in KEYS or command.is_reached_by_keys()):
            victims = VICTIMS[kill.victims](command.pid, watch.look(), dice)
            kill.killed = len(victims)
            if victims and kill.how == CTRL_C:
                command.press_ctrl_c()
            elif victims and kill.how == HANG_UP:
                command.hang_up()
            else:
                send(victims, signal.Signals[kill.how])
            if victims:
                return
        pause.wait(_LOOK_SECONDS)


def _check_status(kill: Kill) -> None:
    if kill.status is None:
        kill.problems.append(f"it has not ended {END_SECONDS:.0f} s later")
    if kill.status == 1:
        kill.problems.append("exit status 1, which says that the service broke a requirement")
    if kill.victims == "keepers" and kill.status not in (0, None) and kill.subject not in STAYING:
        kill.problems.append(f"exit status {kill.status}, although only keepers were killed")
    if kill.victims == "main" and kill.killed:
        name = {CTRL_C: "SIGINT", HANG_UP: "SIGHUP"}.get(kill.how, kill.how)
        number = signal.Signals[name]
        if kill.status not in (0, -number, 128 + number, None):
            kill.problems.append(f"exit status {kill.status} after {name}")


def _whole_lines(file: Path) -> list[bytes]:
    try:
        lines = file.read_bytes().splitlines(keepends=True)
    except OSError:
        return []
    return [line for line in lines if line.endswith(b"\n")]


def _planned_cells(manifest: Path) -> int | None:
    lines = _whole_lines(manifest)
    return int(json.loads(lines[0])["cells"]) if lines else None


def _check_record(kill: Kill, file: Path, before: list[bytes]) -> None:
    """What stood there before the kill still does, and each whole line is the record of a cell.

    A run that was not killed itself, and had its cells by then, has a line for each of them.
    """
    lines = _whole_lines(file)
    kill.lines = len(lines)
    if lines[: len(before)] != before:
        kill.problems.append(f"the record lost lines: {len(before)} before the kill, {len(lines)} after it")
    planned = _planned_cells(file.with_name("manifest.jsonl"))
    if kill.status in (0, 1, 3) and 0 < len(lines) != planned:
        kill.problems.append(f"the record has {len(lines)} of {planned} cells, and the run ended in order")
    for number, line in enumerate(lines, 1):
        try:
            json.loads(line)["id"]
        except (ValueError, LookupError, TypeError):
            kill.problems.append(f"line {number} of the record can't be read: {line[:80]!r}")
