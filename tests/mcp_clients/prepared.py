"""The SDKs of pins.toml, installed once into the user's cache, apart from this project's own packages."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from harness.crates.cache import cache_folder, made_once

PINS = Path(__file__).with_name("pins.toml")
_SECONDS = 600


def python_sdks() -> Path:
    """The Python of an environment with the SDKs for Python."""

    def make(folder: Path) -> None:
        _do([sys.executable, "-m", "venv", str(folder)])
        _do([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *_pins()["python"]["requirements"]])

    return _made("python", make) / "bin" / "python"


def typescript_sdk() -> Path:
    """A folder whose `node_modules` have the SDK for TypeScript."""

    def make(folder: Path) -> None:
        (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}), encoding="utf-8")
        npm = shutil.which("npm") or "npm"
        install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        _do([*install, *_pins()["node"]["packages"]])

    return _made("node", make)


def _made(kind: str, make: object) -> Path:
    content = hashlib.sha256(PINS.read_bytes()).hexdigest()[:16]
    return made_once(cache_folder().parent / "mcp-clients" / f"{kind}-{content}", make)  # type: ignore[arg-type]


def _pins() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(PINS.read_text(encoding="utf-8"))


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
