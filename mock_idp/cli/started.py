"""The server of `mock-idp start`: that of `mock-idp`, which ends when `start` does not live to see it ready.

    python -m mock_idp.cli.started serve [OPTIONS OF serve]...

Its standard input is a pipe from `start`. A byte means: go on by yourself. End of file means that `start` is gone,
whatever ended it, so that nobody would know of this server.
"""

from __future__ import annotations

import os
import signal
import threading

_END_SECONDS = 10.0


def _wait_for_start() -> None:
    if os.read(0, 1):
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        return
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_END_SECONDS)
    os._exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_wait_for_start, name="wait-for-start", daemon=True).start()

    from mock_idp.cli import main

    main()
