"""Starts the real Tasker worker in this process and stays until it is ended; run as a program of its own.

What the worker reads (configuration file, database, addresses) stands in its environment. It ends with status
1 and the reason on standard error when the worker does not start.
"""

import signal
import sys

from tasker_core import bootstrap_worker

if __name__ == "__main__":
    result = bootstrap_worker()
    if not result.success:
        sys.exit(f"the worker did not start: {result.status}: {result.message}")
    while True:
        signal.pause()
