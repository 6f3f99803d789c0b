"""Ends and removes what another process leaves behind, when that process is gone.

    python -I -S keeper.py PID

PID is that of the other process, for people who look at a list of processes. Standard input is a pipe from it: first
its mark, then the paths of folders that it is going to make, each with a NUL at its end. The kernel closes the pipe
with the process, whatever ended it. Then the keeper waits for the guards with that mark
(`harness.processes.guard`), which end their commands in order; it kills what the commands of killed guards have
left (`own_processes`), and removes the folders that are proved to be that process's (`own_folder`), each once nobody
holds it any more.

It prints `ready`, and belongs to nobody from then on: who kills a process with all its children leaves the keeper. The
signals to end are blocked from its start on, as it ends by itself. Standard library only: it runs as `-I -S` for a
quick start.
"""

import os
import signal
import sys
import time
from pathlib import Path

HOLDERS_SECONDS = 180  # For guards, and others who use a folder, to end.
REMOVAL_SECONDS = 10.0  # For what still writes into one while it is removed.
PAUSE_SECONDS = 0.05
ORPHAN_SECONDS = 0.5  # For a command that lost its guard to end before it is told again.


def end_processes(mark: str) -> None:
    """Kill what is left of commands whose guards are gone."""
    from mock_idp.ephemeral.own_processes import GUARD, GUARDED, kill_marked, marked

    while marked(GUARD, mark):
        time.sleep(PAUSE_SECONDS)
    kill_marked(GUARDED, mark)


def remove(path: Path) -> None:
    """Remove the folder at `path` if it is proved to be ours, once nobody holds it."""
    from mock_idp.ephemeral.own_folder import OwnFolder, remove_own
    from mock_idp.ephemeral.own_processes import quit_orphans

    own = OwnFolder.prove(path)
    if own is None:
        remove_own(path)
        return
    while own.held_by_others():
        time.sleep(ORPHAN_SECONDS)
        quit_orphans(path)
    deadline = time.monotonic() + REMOVAL_SECONDS
    own.remove()
    while path.exists() and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
        own.remove()
    own.close()


def main() -> None:
    if os.fork():
        os._exit(0)
    sys.path.append(str(Path(__file__).resolve().parents[2]))  # Where `mock_idp` is; -I leaves it out.
    os.write(1, b"ready\n")
    mark, *paths = sys.stdin.buffer.read().split(b"\0")
    signal.alarm(HOLDERS_SECONDS)
    if mark:
        end_processes(mark.decode())
    for path in filter(None, paths):
        remove(Path(os.fsdecode(path)))


if __name__ == "__main__":
    main()
