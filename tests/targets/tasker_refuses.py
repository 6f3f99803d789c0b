"""What the real worker says to configuration files that it doesn't start with: a program of its own.

Standard input is a JSON list of the files' texts, standard output one of what was said to each. A file that it takes
fails at the database, where nobody listens.
"""

import json
import os
import sys
import tempfile
from importlib.util import find_spec, module_from_spec
from pathlib import Path

if __name__ == "__main__":
    package = find_spec("tasker_core")
    if package is None:
        sys.exit("tasker-py is not installed")
    sys.modules["tasker_core"] = module_from_spec(package)
    from tasker_core._tasker_core import bootstrap_worker

    said = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "worker.toml"
        os.environ |= {
            "TASKER_CONFIG_PATH": str(file),
            "TASKER_ENV": "test",
            "TASKER_TEMPLATE_PATH": folder,
            "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:9/none",
        }
        for text in json.load(sys.stdin):
            file.write_text(text, encoding="utf-8")
            try:
                said.append(str(bootstrap_worker(None)))
            except RuntimeError as error:
                said.append(str(error))
    json.dump(said, sys.stdout)
