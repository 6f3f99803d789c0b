"""Keycloak's distribution: fetched from Maven Central, checked, unpacked into the user's cache; and its Java."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from harness.base.errors import HarnessError
from harness.crates.cache import cache_folder, made_once

PINNED = "26.7.3"
"""The newest distribution that Maven Central serves; later versions have no keycloak-quarkus-dist there."""
_SHA256 = {PINNED: "77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47"}
_AT = "https://repo.maven.apache.org/maven2/org/keycloak/keycloak-quarkus-dist/{version}/{file}"
_SECONDS = 60.0
_PART = 1 << 20
# What the class files of 26.7 want at least; its documents name 21 and 25.
_OLDEST_JAVA = 17

Say = Callable[[str], None]


def distribution(version: str, archive: Path | None, say: Say) -> Path:
    """The folder of an unpacked distribution. In: the version, its tar.gz where it lies here already, and who is told
    what takes long. Raises `HarnessError` when it can't be fetched or is not what it should be.
    """
    if not re.fullmatch(r"[0-9A-Za-z.+-]+", version):
        raise HarnessError(f"{version!r} is no version of Keycloak")

    def make(folder: Path) -> None:
        with TemporaryDirectory(prefix="idp-harness-") as name:
            file = archive or _fetched(version, Path(name), say)
            _check(file, version)
            say(f"unpacking Keycloak {version}")
            _unpack(file, folder)

    folder = cache_folder().parent / f"keycloak-{version}"
    made_once(folder, make, waiting=lambda: say("another process fetches Keycloak: waiting for it"))
    return folder / f"keycloak-{version}"


def _file(version: str) -> str:
    return f"keycloak-quarkus-dist-{version}.tar.gz"


def _fetched(version: str, folder: Path, say: Say) -> Path:
    url = _AT.format(version=version, file=_file(version))
    file = folder / _file(version)
    try:
        with urlopen(url, timeout=_SECONDS) as answer, file.open("wb") as out:
            whole = int(answer.headers.get("Content-Length") or 0)
            got = said = 0
            while part := answer.read(_PART):
                out.write(part)
                got += len(part)
                if whole and got * 10 // whole > said:
                    said = got * 10 // whole
                    say(f"fetching Keycloak {version}: {got >> 20} of {whole >> 20} MB")
    except OSError as error:
        raise HarnessError(
            f"Keycloak {version} can't be fetched: {error}; --archive FILE takes one that is here"
        ) from error
    return file


def _check(file: Path, version: str) -> None:
    """By the SHA-256 that stands here, or else by the SHA-1 that Maven Central has beside the file."""
    try:
        if version in _SHA256:
            with file.open("rb") as opened:
                wanted, found = _SHA256[version], hashlib.file_digest(opened, "sha256").hexdigest()
        else:
            with urlopen(_AT.format(version=version, file=_file(version) + ".sha1"), timeout=_SECONDS) as answer:
                wanted = answer.read(200).decode("ascii").split()[0]
            with file.open("rb") as opened:
                found = hashlib.file_digest(opened, "sha1").hexdigest()
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise HarnessError(f"{file} can't be checked: {error}") from error
    if found != wanted:
        raise HarnessError(f"{file} is not Keycloak {version}: its checksum is {found}, not {wanted}")


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as opened:
            opened.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise HarnessError(f"{file} can't be unpacked: {error}") from error


def java() -> Path:
    """The home of a Java that is new enough: that of JAVA_HOME, or of the program `java`.

    Raises `HarnessError`, which says what to install, where there is none.
    """
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin/java") if home else shutil.which("java")
    advice = "install OpenJDK 21 or newer (apt-get install default-jre-headless), or name one with JAVA_HOME"
    if program is None:
        raise HarnessError(f"Keycloak needs Java, and there is none: {advice}")
    try:
        shown = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HarnessError(f"{program} does not run: {error}; {advice}") from error
    found = re.search(r'version "(\d+)', shown.stderr + shown.stdout)
    if found is None or int(found[1]) < _OLDEST_JAVA:
        said = found[1] if found else "unknown"
        raise HarnessError(f"Keycloak needs Java {_OLDEST_JAVA} or newer, and {program} is {said}: {advice}")
    return Path(program).resolve().parent.parent
