"""Starts services in a thread and ends as it is told; a program of its own for test_orphans.py.

python orphan_maker.py process|postgres|tasker-worker stay|return|raise [IDP_PORT]

Prints the ids of every process it started, guards included, as a JSON list.
"""

import json
import signal
import sys
import threading

import psutil

from harness.targets import ServiceConfig, make_target
from harness.targets.postgres import start_postgres

what, ending, *rest = sys.argv[1:]


def start() -> None:
    if what == "postgres":
        kept.append(start_postgres())
        return
    options = {"process": {"command": " ".join([sys.executable, *rest, "--port {port} --child"])}}
    target = make_target(what, options.get(what))
    address = f"127.0.0.1:{rest[0]}" if what == "tasker-worker" else ""
    kept.append(target)
    kept.append(
        target.start(ServiceConfig("http://idp.tasker.test", "http://idp.tasker.test/jwks", "a", idp_address=address))
    )


kept: list[object] = []
thread = threading.Thread(target=start)
thread.start()
thread.join()
print(json.dumps([process.pid for process in psutil.Process().children(recursive=True)]), flush=True)
if ending == "raise":
    raise RuntimeError("on purpose")
if ending == "stay":
    signal.pause()
