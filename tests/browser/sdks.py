"""The browser SDKs of sdks.toml: fetched from npm once, checked by their digest, unpacked in memory and not touched."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import requests

PINNED: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("sdks.toml").read_text(encoding="utf-8"))
_SECONDS = 60


def sdk_files(name: str) -> dict[str, bytes]:
    """The files that applications load, by their last name. Skips the test where npm's registry can't be reached."""
    pinned = PINNED[name]
    with tarfile.open(fileobj=io.BytesIO(_package(name)), mode="r:gz") as archive:
        members = {file: archive.extractfile(f"package/{file}") for file in pinned["files"]}
        return {file.rpartition("/")[2]: member.read() for file, member in members.items() if member is not None}


def _package(name: str) -> bytes:
    pinned = PINNED[name]
    kept = _cache() / f"{name.rpartition('/')[2]}-{pinned['version']}.tgz"
    if kept.is_file() and _integrity(kept.read_bytes()) == pinned["integrity"]:
        return kept.read_bytes()
    package = _fetched(name, pinned["version"])
    assert _integrity(package) == pinned["integrity"], f"{name} is not the package that sdks.toml pins"
    kept.parent.mkdir(parents=True, exist_ok=True)
    # In place at once, as another run may want it too.
    passing = kept.with_name(f"{kept.name}.{os.getpid()}")
    passing.write_bytes(package)
    passing.replace(kept)
    return package


def _fetched(name: str, version: str) -> bytes:
    registry = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
    url = f"{registry}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    try:
        answer = requests.get(url, timeout=_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        pytest.skip(f"{name} {version} can't be fetched from {registry}: {type(error).__name__}")
    return answer.content


def _integrity(package: bytes) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(package).digest()).decode()}"


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "idp-harness-sdks"
