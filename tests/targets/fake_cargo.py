"""A cargo without network that is quick: crates with the files that are looked for, and a program that is built.

The folder in FAKE_CARGO says what it is to do: with `fails` in it, it fails, and `waits` is a FIFO that it reads to its
end before it goes on. It appends its command lines to `calls` there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_SCRIPT = """#!/bin/sh
set -e
echo "$*" >>"$FAKE_CARGO/calls"
if [ -e "$FAKE_CARGO/fails" ]; then echo "error: no such thing" >&2; exit 101; fi
exec "{python}" -I -S "{file}" "$@"
"""
_CRATES = {
    "tasker-shared-0.1.8": {"migrations/2_b.sql": "b", "migrations/1_a.sql": "a", "migrations/archive/0_old.sql": ""},
    "pgmq-0.33.7": {
        "src/install/embedded/pgmq.control": "default_version = '1.2.3'\n",
        "src/install/embedded/sql/pgmq.sql": "create",
    },
    "utoipa-swagger-ui-vendored-0.1.2": {"res/v5.17.14.zip": "zip"},
}


def put_on_the_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make it the only cargo, with a home of its own; returns the folder that says what it is to do."""
    program = folder / "bin/cargo"
    program.parent.mkdir()
    program.write_text(_SCRIPT.format(python=sys.executable, file=__file__))
    program.chmod(0o755)
    monkeypatch.setenv("FAKE_CARGO", str(folder))
    monkeypatch.setenv("CARGO_HOME", str(folder / "cargo-home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("TASKER_SERVER", raising=False)
    return folder


def _info(crate: str) -> None:
    name = crate.replace("@", "-")
    source = Path(os.environ["CARGO_HOME"]) / "registry/src/index-1" / name
    for file, text in {**_CRATES[name], ".cargo-ok": ""}.items():
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        (source / file).write_text(text)


def _install(arguments: list[str]) -> None:
    for number in range(30):
        print(f"   Compiling crate-{number} v1.0.0", file=sys.stderr, flush=True)
    compiled = Path(os.environ["CARGO_TARGET_DIR"])
    compiled.mkdir(parents=True)
    (compiled / "half").write_text("")
    waits = Path(os.environ["FAKE_CARGO"]) / "waits"
    if waits.exists():
        waits.open().read()
    program = Path(arguments[arguments.index("--root") + 1]) / "bin/tasker-server"
    program.parent.mkdir(parents=True)
    program.write_text(os.environ["SWAGGER_UI_DOWNLOAD_URL"])
    program.chmod(0o755)


if __name__ == "__main__":
    _info(sys.argv[-1]) if sys.argv[1] == "info" else _install(sys.argv)
