"""Starts the real Tasker worker in this process and stays until it is ended; run as a program of its own.

What the worker reads (configuration file, database, addresses) stands in its environment. It ends with status
1 and the reason on standard error when the worker does not start.

The worker is the compiled module of its package. The Python modules beside it are for writing step handlers; to import
them takes four times as long as everything else.
"""

import signal
import sys
from importlib.util import find_spec, module_from_spec

if __name__ == "__main__":
    package = find_spec("tasker_core")
    if package is None:
        sys.exit("tasker-py is not installed")
    sys.modules["tasker_core"] = module_from_spec(package)  # Not executed: it only says where its modules are.
    from tasker_core._tasker_core import bootstrap_worker

    result = bootstrap_worker(None)
    if result.get("status") != "started":
        sys.exit(f"the worker did not start: {result.get('status')}: {result.get('message')}")
    while True:
        signal.pause()
