"""What the project deletes or writes over is listed with the reason why it may; nothing else deletes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from deletion_places import all_places, places_in

LIST = Path(__file__).with_name("deletions.toml")


def listed() -> dict[tuple[str, str], str]:
    """The reasons, by file and what is done there."""
    tables = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return {(file, what): reason for file, table in tables.items() for what, reason in table.items()}


def test_every_place_that_deletes_is_listed_with_its_reason() -> None:
    """A new one fails here with its line, until somebody has thought about whose files it can hit."""
    reasons = listed()
    unlisted = [
        f'{place}\n    [{json.dumps(place.file)}]\n    {json.dumps(place.what)} = "why it may"'
        for place in all_places()
        if not reasons.get((place.file, place.what))
    ]
    assert not unlisted, f"not in {LIST.name}:\n" + "\n".join(unlisted)


def test_what_is_listed_is_there() -> None:
    """An entry of a place that is gone would allow one that nobody has thought about."""
    there = {(place.file, place.what) for place in all_places()}
    assert [" ".join(entry) for entry in listed() if entry not in there] == []


PYTHON = [
    "shutil.rmtree(path)",
    "on_exit(shutil.rmtree, path)",
    "os.remove(path)",
    "os.unlink(path)",
    "path.unlink(missing_ok=True)",
    "path.rmdir()",
    "os.replace(path, other)",
    "path.replace(other)",
    "path.rename(other)",
    "shutil.move(path, other)",
    "shutil.copy(path, other)",
    "path.write_text('')",
    "path.write_bytes(b'')",
    "open(path, 'w')",
    "path.open(mode='ab')",
    "open(path, 'r+')",
    "os.open(path, os.O_WRONLY | os.O_TRUNC)",
    "os.open(path, flags)",
    "path.open(mode)",
    "os.truncate(path, 0)",
    "container.remove(force=True)",
    "stack.callback(network.remove)",
    "client.volumes.prune()",
    "tempfile.TemporaryDirectory(dir=path)",
    "subprocess.run('rm -rf ' + path, shell=True)",
    "subprocess.run(['sh', '-c', 'cd / && rm -r \"$0\"'])",
]
SHELL = [
    "rm -rf build",
    "trap 'rm \"$file\"' EXIT",
    "find . -delete",
    "mv here there",
    "echo text >file",
    'echo text >> "$file"',
    "docker volume rm data",
    "docker system prune -f",
    "docker-compose -f file.yml down -v",
    "git clean -fdx",
]
HARMLESS = [
    "names.remove(name)",
    "text.replace('a', 'b')",
    "replace(settings, port=1)",
    "open(path)",
    "path.open('rb')",
    "os.open(path, os.O_RDONLY)",
    "echo('form of the term')",
]


@pytest.mark.parametrize("line", PYTHON)
def test_a_line_of_python_that_deletes_is_seen(tmp_path: Path, line: str) -> None:
    """With file, line and function."""
    file = tmp_path / "module.py"
    file.write_text(f"import os\n\ndef function(path):\n    {line}\n")
    assert {str(place).partition(": ")[0] for place in places_in(file, "module.py")} == {"module.py:4"}


@pytest.mark.parametrize("line", HARMLESS)
def test_a_harmless_line_is_not(tmp_path: Path, line: str) -> None:
    """Or the list would be full of what needs no reason."""
    file = tmp_path / "module.py"
    file.write_text(f"def function(path):\n    {line}\n")
    assert list(places_in(file, "module.py")) == []


@pytest.mark.parametrize("line", SHELL)
def test_a_line_of_a_script_that_deletes_is_seen(tmp_path: Path, line: str) -> None:
    """In a shell script as in a task."""
    file = tmp_path / "script"
    file.write_text(f"#!/bin/sh\n{line}\n")
    assert [str(place) for place in places_in(file, "script")] == [f"script:2: {line}"]
