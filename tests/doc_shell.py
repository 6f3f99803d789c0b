"""Does what a page says, in its order: writes its files, starts its servers, runs its commands, compares the output.

A page's ports are replaced by free ones, so that several pages can be tried at the same time.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from doc_pages import Block, Command, Page, commands

from harness.processes.guarded_process import GuardedProcess
from harness.processes.ports import LOOPBACK, free_port
from harness.processes.readiness import wait_until
from harness.processes.service_log import ServiceLog

IDP_PORT, SERVICE_PORT = "9400", "8080"
COMMAND_SECONDS = 300.0
START_SECONDS = 90.0
_EXIT = re.compile(r"exit status (\d+)")
# Variables that would change what a reader's shell does.
_NOT_OURS = re.compile(r"MOCK_IDP_\w+|PYTEST_\w+|\w+_proxy|COV_\w+", re.IGNORECASE)


class DocShell:
    """The shell of somebody who works through a page in `folder`; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {SERVICE_PORT: str(free_port())}
        self._idp = ExitStack()
        self._servers = ExitStack()
        # A refused call must not look like a good one.
        (folder / ".curlrc").write_text("fail-with-body\n")

    def __enter__(self) -> DocShell:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._idp.close()
        self._servers.close()

    def work_through(self, page: Page) -> None:
        """Do what the page says. Raises `AssertionError` for the first thing that goes otherwise."""
        last = max((number for number, block in enumerate(page.blocks) if block.kind == "sh"), default=0)
        for block in page.blocks[last:]:
            assert block.file is None, f"{page.path}:{block.line}: no command below uses {block.file}"
        for block in page.blocks:
            if block.file is not None:
                self._write(block)
            elif block.kind == "sh":
                for command in commands(block):
                    self._run(command, f"{page.path}:{command.line}")

    def _write(self, block: Block) -> None:
        assert block.file is not None
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _run(self, command: Command, where: str) -> None:
        if command.text.startswith("mock-idp serve"):
            self._serve(command.text)
        elif command.text.endswith("&"):
            self._start(self._with_our_ports(command.text.removesuffix("&")))
        else:
            self._run_and_compare(command, where)

    def _run_and_compare(self, command: Command, where: str) -> None:
        text = self._with_our_ports(command.text)
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=COMMAND_SECONDS,
            encoding="utf-8",
        )
        shown, status = list(command.shown), 0
        if shown and (found := _EXIT.fullmatch(shown[-1])):
            status = int(found[1])
            shown.pop()
        said = f"{where}: {text}\n--- exit status {done.returncode}, output:\n{done.stdout}"
        # curl's own status tells of a refusal; where the page shows the answer, the answer is compared.
        if not (shown and text.startswith("curl")):
            assert done.returncode == status, f"the page says exit status {status}\n{said}"
        if shown:
            wanted = self._with_our_ports("\n".join(shown))
            assert matches(wanted, done.stdout), f"the page shows:\n{wanted}\n{said}"

    def _serve(self, text: str) -> None:
        """Start `mock-idp serve`; the one before, on the same port of the page, ends."""
        self._idp.close()
        ready = self.folder / "ready.json"
        arguments = shlex.split(text.replace(f"--port {IDP_PORT}", "--port 0"))
        self._guarded([*arguments, "--ready-file", str(ready)], self._idp, ready.exists)
        self.ports[IDP_PORT] = str(json.loads(ready.read_text())["port"])

    def _start(self, text: str) -> None:
        """Start a server in the background, as `&` does, and wait until it listens."""
        found = re.search(r"--port (\d+)", text)
        assert found, f"no --port in: {text}"
        self._guarded(shlex.split(text), self._servers, lambda: _listens(int(found[1])))

    def _guarded(self, command: list[str], stack: ExitStack, is_ready: Callable[[], bool]) -> None:
        log = ServiceLog("docs")
        stack.callback(log.close)
        in_folder = ["bash", "-c", 'cd "$1" && shift && exec "$@"', "bash", str(self.folder), *command]
        process = GuardedProcess(in_folder, environment=self._environment(), log=log)
        stack.callback(process.stop)
        missing = wait_until(lambda: None if is_ready() else "it is not ready", process.wait, START_SECONDS)
        assert missing is None, f"{shlex.join(command)}: {missing}\n{log.tail()}"

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not _NOT_OURS.fullmatch(name)}
        path = os.pathsep.join([str(Path(sys.executable).parent), ours.get("PATH", os.defpath)])
        own = {"PATH": path, "HOME": str(self.folder), "CURL_HOME": str(self.folder), "COLUMNS": "400"}
        if IDP_PORT in self.ports:
            own["MOCK_IDP_URL"] = f"http://{LOOPBACK}:{self.ports[IDP_PORT]}"
        return ours | own

    def _with_our_ports(self, text: str) -> str:
        return re.sub(r"\b(9400|8080)\b", lambda found: self.ports.get(found[1], found[1]), text)


def matches(wanted: str, output: str) -> bool:
    """Whether the output is as shown: `...` stands for any text, on a line of its own for any lines."""
    pattern = ""
    for line in wanted.splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            parts = (re.escape(part) for part in " ".join(line.split()).split("..."))
            # Between blanks, "no text" leaves one of the two.
            pattern += ".*".join(parts).replace(r"\ .*\ ", r"\ (?:.*\ )?") + r"\n"
    plain = "".join(" ".join(line.split()) + "\n" for line in output.splitlines())
    return re.fullmatch(pattern, plain) is not None


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
