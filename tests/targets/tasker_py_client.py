"""A program that lists tasks with the client of tasker-py: `python tasker_py_client.py CONFIG`.

That client works in a process that has started a worker, and calls whom `[worker.orchestration_client]` of the worker's
configuration names; here that is TASKER_ORCHESTRATION_URL. CONFIG is the configuration, DATABASE_URL says where the
database is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NOBODY = 'base_url = "http://127.0.0.1:9"'

if __name__ == "__main__":
    home = Path(os.environ["HOME"])
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    assert NOBODY in text
    config = home / "worker.toml"
    config.write_text(text.replace(NOBODY, f'base_url = "{os.environ["TASKER_ORCHESTRATION_URL"]}"'), encoding="utf-8")
    (home / "templates").mkdir()
    os.environ |= {
        "TASKER_CONFIG_PATH": str(config),
        "TASKER_ENV": "test",
        "TASKER_TEMPLATE_PATH": str(home / "templates"),
        "TASKER_WEB_BIND_ADDRESS": "127.0.0.1:0",
        "TASKER_WORKER_GRPC_BIND_ADDRESS": "127.0.0.1:0",
        "RUST_LOG": "warn",
    }
    from tasker_core import TaskerClient
    from tasker_core._tasker_core import bootstrap_worker

    result = bootstrap_worker(None)
    assert result.get("status") == "started", result
    try:
        TaskerClient().list_tasks()
    finally:
        sys.stdout.flush()
        os._exit(0)  # The worker's threads end with the process.
