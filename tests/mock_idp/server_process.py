"""`mock-idp serve` as a real process, for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

START_SECONDS = 30.0
# The new process is killed when the test run is, so that not even kill -9 of pytest leaves a server. A program does
# that, as Python would fork for a function of ours: a process in which gRPC has been at work may never come out of it.
_SETPRIV = shutil.which("setpriv")
_END_WITH_PARENT = [_SETPRIV, "--pdeathsig", "KILL"] if _SETPRIV else []


class ServerProcess:
    """A running `mock-idp serve` on a free port; `url`, `port` and `pid` come from its ready file."""

    def __init__(self, *arguments: str, environ: dict[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.ready_file = Path(self._folder.name) / "ready.json"
        self.output = Path(self._folder.name) / "output.txt"
        command = [sys.executable, "-m", "mock_idp", "serve", "--port", "0", "--ready-file", str(self.ready_file)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MOCK_IDP_")}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*_END_WITH_PARENT, *command, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                # What a killed server could not remove goes with the folder.
                env=clean | {"TMPDIR": self._folder.name} | (environ or {}),
            )
        about = self._wait_until_ready()
        self.url, self.port = str(about["url"]), int(about["port"])

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever state it is in."""
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()

    def text(self) -> str:
        """What it has printed."""
        return self.output.read_text()

    def _wait_until_ready(self) -> dict[str, Any]:
        pause = threading.Event()
        for _ in range(int(START_SECONDS / 0.02)):
            if self.ready_file.exists():
                return dict(json.loads(self.ready_file.read_text()))
            if self.process.poll() is not None:
                break
            pause.wait(0.02)
        said = self.text()
        self.close()
        raise AssertionError(f"mock-idp serve did not become ready:\n{said}")
