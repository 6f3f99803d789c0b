"""The line that is printed with a finding of the real worker, or the script of all that led there, shows it again."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.processes.guarded_process import clean_environment
from harness.targets.tasker_worker import TaskerWorkerTarget

_NOT_HERE = TaskerWorkerTarget().available()
pytestmark = [pytest.mark.tasker, pytest.mark.skipif(_NOT_HERE is not None, reason=str(_NOT_HERE))]
SECONDS = 300.0
# Of each kind one: how the finding shows in what the last line, or the script, prints.
LINES = {
    "baseline/vendor-shapes/base-auth0-user-aud-array[auth0]": "HTTP/1.1 401",
    "time/not-before/time-nbf-future[auth0]": "HTTP/1.1 200",
    "permissions/claim-name/perm-custom-claim[auth0]": "HTTP/1.1 403",
    "header/critical/hdr-crit-unknown[auth0-name]": "HTTP/1.1 200",
    "api-key/permissions/key-star[auth0-read]": "HTTP/1.1 403",
    "configuration/patterns/cfg-pattern-left-open[auth0-full-reference-switched-on]": "HTTP/1.1 200",
    "transport/scheme/tr-scheme-case[auth0-lower]": "HTTP/1.1 401",
    "grpc/metadata/grpc-two-authorization[auth0-good-then-bad]": "grpc-status: 0",
}
SCRIPTS = {
    "jwks-document/keys/jwks-weak-rsa[auth0-bits-512]": r"(?s)HTTP/1.1 200.*HTTP/1.1 200",
    "rotation/unknown-kid/rot-unknown-kid-cooldown[auth0-another-each-time]": r"fetches of the jwks: 30\b",
    "kid/hostile-values/kid-very-long[auth0-chars-4096]": r"fetches of the jwks: 3[01]\b",
}


@contextmanager
def held(folder: Path, *ids: str) -> Iterator[dict[str, Any]]:
    """A run whose services stay: the evidence of its cells."""
    output, program = folder / "output.txt", Path(sys.executable).with_name("idp-harness")
    with output.open("wb") as file:
        line = [program, "run", *ids, "--target", "tasker-worker", "-n", "0", "--hold", "--report-dir", "out"]
        run = subprocess.Popen(line, cwd=folder, stdout=file, stderr=file)
    try:
        deadline, pause = time.monotonic() + SECONDS, threading.Event()
        while "until Ctrl-C" not in output.read_text():
            assert run.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            pause.wait(0.1)
        results = [json.loads(one) for one in (folder / "out/results.jsonl").read_text().splitlines()]
        yield {one["id"]: one["evidence"] for one in results if one.get("verdict") == "finding"}
    finally:
        run.send_signal(signal.SIGINT)
        run.wait(SECONDS)


def printed(commands: str) -> str:
    """What bash says of them; a script may be longer than an argument can be."""
    done = subprocess.run(
        ["bash"], input=commands.encode(), env=clean_environment({}), capture_output=True, timeout=SECONDS
    )
    return done.stdout.decode("utf-8", "replace")


def test_a_finding_shows_again_by_what_is_printed_with_it(tmp_path: Path) -> None:
    """By its line where one request shows it, else by its script: by the same status, code or number of fetches."""
    with held(tmp_path, *LINES, *SCRIPTS) as found:
        assert found.keys() == {*LINES, *SCRIPTS}
        again = {id: printed(found[id]["curl"]) for id in LINES}
        again |= {id: printed("\n".join(found[id]["script"])) for id in SCRIPTS}
    wrong = {id: text for id, text in again.items() if not re.search({**LINES, **SCRIPTS}[id], text)}
    assert not wrong
