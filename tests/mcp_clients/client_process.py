"""One of the real clients in a process of its own, which is told what to do line by line."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from prepared import python_sdks, typescript_sdk

_DRIVERS = Path(__file__).with_name("drivers")
_SECONDS = 120


def command(client: str, folder: Path) -> list[str]:
    """How a client is started. In: `python`, `fastmcp` or `typescript`, and a folder for what it needs beside it."""
    if client != "typescript":
        file = {"python": "python_sdk.py", "fastmcp": "fastmcp_client.py"}[client]
        return [str(python_sdks()), "-W", "ignore", str(_DRIVERS / file)]
    # Node finds packages from where the file lies.
    (folder / "node_modules").symlink_to(typescript_sdk() / "node_modules")
    shutil.copyfile(_DRIVERS / "typescript_sdk.mjs", folder / "client.mjs")
    return ["node", str(folder / "client.mjs")]


class ClientProcess:
    """A client that connects to a server; `tools` are those it was told of, or why it has failed."""

    def __init__(self, started_as: Sequence[str], url: str, options: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [*started_as, url, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.tools = self._said()

    def __enter__(self) -> ClientProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise

    def does(self, word: str) -> Any:
        """What comes of a tool that is called, or of `expire`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._said()

    def _said(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())
