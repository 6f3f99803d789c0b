"""`--ready-file` takes the place of no file of anybody else's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_idp.cli import main
from mock_idp.run.ready_file import ReadyFile, refusal

DOCUMENT = {"url": "http://localhost:1", "port": 1, "pid": os.getpid()}


FOREIGN = {
    "text": "my notes",
    "no-members": "{}",
    "array": "[]",
    "port-as-text": json.dumps({**DOCUMENT, "port": "1"}),
    "deep": "[" * 9999,
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_a_file_that_is_no_ready_file_is_refused_and_stays(tmp_path: Path, text: str) -> None:
    """Exit status 2, before anything is served."""
    file = tmp_path / "ready"
    file.write_text(text)
    done = CliRunner().invoke(main, ["serve", "--port", "0", "--ready-file", str(file)])
    assert (done.exit_code, file.read_text()) == (2, text)
    assert f"ready_file: {file} is there and holds something else" in done.output


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "ready"
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("/dev/zero")
    assert refusal(file) == f"{file} is no regular file; choose another name."


def test_the_file_of_a_server_that_is_gone_makes_room(tmp_path: Path) -> None:
    """So does an empty one; that of a server that runs does not."""
    file = tmp_path / "ready"
    assert refusal(file) == ""
    file.touch()
    assert refusal(file) == ""
    file.write_text(json.dumps(DOCUMENT))
    assert refusal(file) == ""
    server = ReadyFile(file)
    server.write(DOCUMENT)
    assert refusal(file) == f"{file} is that of the server at http://localhost:1, which runs: choose another name."
    server.remove()
    assert refusal(file) == ""
