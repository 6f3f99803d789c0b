"""Commands in places where something is missing that is usually there: they work, or say in a sentence what to do."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from pathlib import Path

import pytest
from cli_call import PROGRAM, SECONDS, environment

BIN = Path(PROGRAM).parent
READY = "base-rs256-accept --style okta -n 0"
COMMANDS = {
    "run": f"{PROGRAM} run {READY} --target reference",
    "run-own-process": f"{PROGRAM} run {READY} --target reference --target-option own_process=true",
    "measure": f"{PROGRAM} measure --target reference --only answer-no-permission",
    "mutants": f"{PROGRAM} mutants m-exp-optional -n 0",
    "doctor": f"{PROGRAM} doctor",
    "start": f"{BIN}/mock-idp start --port 0 && {BIN}/mock-idp stop",
}
# What is odd, in the words of a shell that may mount what it likes; each command is done in the folder of the test.
PLACES = {
    "read-only-tmpdir": 'mkdir ro && mount -t tmpfs -o ro none ro && export TMPDIR="$PWD/ro"',
    "tmpdir-with-blanks": "mkdir 'a ü b' && export TMPDIR=\"$PWD/a ü b\"",
    "no-home": "unset HOME",
    "home-that-is-none": "export HOME=/dev/null/home",
    "no-shared-memory": "mount -t tmpfs -o ro,size=4k none /dev/shm",
}
# Every command in the one place where most depends on it; in the others those that make processes and folders.
CASES = [(place, command) for place in PLACES for command in ("run-own-process", "doctor")]
CASES += [("read-only-tmpdir", command) for command in COMMANDS if command not in ("run-own-process", "doctor")]


def in_place(folder: Path, place: str, line: str) -> subprocess.CompletedProcess[str]:
    """What comes of a line there, in a mount namespace of its own; skipped where none can be had."""
    asked = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if "mount" in place and asked.returncode != 0:
        pytest.skip("nothing can be mounted here")
    prefix = ["unshare", "-m", "--propagation", "private"] if "mount" in place else []
    return subprocess.run(
        [*prefix, "bash", "-c", f"{place}\n{line}"], cwd=folder, env=environment(), capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("place", "command"), CASES)
def test_a_command_works_in_an_odd_place(tmp_path: Path, place: str, command: str) -> None:
    """None of this is in the way."""
    done = in_place(tmp_path, PLACES[place], COMMANDS[command])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["run", "mutants", "measure", "doctor"])
def test_without_any_place_for_temporary_files_one_sentence_says_so(tmp_path: Path, command: str) -> None:
    """Nowhere that Python would look; the report has a place. Either it works, or it is status 3."""
    place = "mkdir report"
    for folder in ("/tmp", "/var/tmp", "/usr/tmp", str(tmp_path)):
        place += f'\n[ ! -d {folder} ] || mount -o bind,ro "{folder}" "{folder}"'
    there = shlex.quote(str(tmp_path))
    line = COMMANDS[command] + (" --report-dir report" if command.startswith("run") else "")
    done = in_place(tmp_path, f"{place}\ncd {there} && mount -t tmpfs none report && unset TMPDIR", line)
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said) in ((0, False), (3, False)), said
    assert done.returncode == 0 or "set TMPDIR" in said, said


def test_a_taken_port_is_said_by_mock_idp(tmp_path: Path) -> None:
    """In the foreground and in the background; nothing is left of it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "start"):
            done = subprocess.run(
                [BIN / "mock-idp", command, "--port", port], cwd=tmp_path, env=environment(), capture_output=True,
                text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
            assert (done.returncode in (2, 3), port in done.stderr + done.stdout) == (True, True), done
            assert "Traceback" not in done.stderr
    assert not (tmp_path / ".mock-idp" / "ready.json").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_home_that_can_not_be_read_is_no_obstacle(tmp_path: Path) -> None:
    """As for a user of a service whose folder is root's."""
    done = in_place(
        tmp_path, "export HOME=/root", f"setpriv --reuid=65534 --regid=65534 --clear-groups {COMMANDS['doctor']}"
    )
    if "Permission denied" in done.stderr and any(word in done.stderr for word in ("setpriv", "can't open file")):
        pytest.skip("nobody may not start this program here")
    assert done.returncode == 0, done.stdout + done.stderr
