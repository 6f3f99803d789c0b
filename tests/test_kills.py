"""After kills at random moments nothing is left: a few are done here, as many as one asks for by `-m bench.kills`."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from bench.kills.kill import choose
from bench.kills.subjects import SUBJECTS
from bench.kills.victims import VICTIMS, choices

ROOT = Path(__file__).parent.parent
COMMANDS = ("run-few", "serve-tls", "start")


def test_six_kills_leave_nothing() -> None:
    """No process, no file, no shared memory, and a record that can be read; what was left is in the output."""
    command = [sys.executable, "-m", "bench.kills", "--kills", "6", "--seed", "10"]
    command += [word for name in COMMANDS for word in ("--only", name)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 of " in done.stdout


def test_what_is_left_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file and a process that a killed command leaves; the tool ends the process itself."""
    from bench.kills import kill as module
    from bench.kills.subjects import Subject

    leaves = "import os, subprocess, sys, time; from pathlib import Path;"
    leaves += "Path(os.environ['TMPDIR'], 'file').touch();"
    leaves += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True);"
    leaves += "print('Ctrl-C ends it', flush=True); time.sleep(600)"

    class Leaving(Subject):
        def line(self) -> list[str]:
            return [sys.executable, "-c", leaves]

    subject = Leaving("leaving", ("python", "serve"), stays=True)
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.2)
    kill = module.Kill(1, "leaving", "main", "SIGKILL", False, "", 1.0)
    module.carry_out(kill, subject, 3.0, 1)
    left = " ".join(kill.problems)
    assert "time.sleep(600)" in left
    assert "/tmp/file" in left


def test_the_same_seed_chooses_the_same_kills() -> None:
    """So that a kill can be repeated; another seed chooses others."""
    kills = [[str(choose(number, seed, SUBJECTS[1], ("", "nobody"))) for number in range(20)] for seed in (1, 1, 2)]
    assert kills[0] == kills[1] != kills[2]


def test_every_choice_of_victims_comes_up() -> None:
    """Where a command has all kinds of processes."""
    dice = random.Random(0)
    chosen = {choose(dice.randrange(10**6), 0, SUBJECTS[1], ("",)).victims for _ in range(300)}
    assert chosen == set(VICTIMS) == set(choices(("workers", "guards", "keepers")))
