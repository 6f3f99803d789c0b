"""Programs with the clients of other languages: installed once into the user's cache, and run against a vendor."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest
from served_vendor import Vendor

from examples.tool.needs import missing
from harness.base.errors import HarnessError
from harness.crates.cache import cache_folder, made_once

FOLDERS = Path(__file__).with_name("programs")
_SECONDS = 600
# What the programs of a language need, how their packages are installed, and how one is run.
_NEEDS = {"node": ["node>=24", "npm"], "go": ["go>=1.25"]}
_INSTALL = {
    "node": ["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"],
    "go": ["go", "build", "-o", ".", "./..."],
}


def installed(language: str) -> Path:
    """The folder with the programs of a language and what they import.

    Skips the test where that can't be had, which IDP_HARNESS_REQUIRE_CLIENTS=1 makes a failure.
    """
    if lacking := missing(_NEEDS[language]):
        _lacks("; ".join(lacking))
    source = FOLDERS / language
    content = hashlib.sha256()
    for file in sorted(source.iterdir()):
        content.update(f"\0{file.name}\0".encode() + file.read_bytes())
    folder = cache_folder().parent / "clients" / f"{language}-{content.hexdigest()[:16]}"

    def make(copy: Path) -> None:
        shutil.copytree(source, copy, dirs_exist_ok=True)
        done = subprocess.run(
            _INSTALL[language], cwd=copy, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        if done.returncode:
            raise HarnessError((done.stdout + done.stderr)[-2000:])

    try:
        return made_once(folder, make)
    except HarnessError as error:
        _lacks(f"the clients for {language} can't be installed: {error}")


def _lacks(reason: str) -> NoReturn:
    if os.environ.get("IDP_HARNESS_REQUIRE_CLIENTS"):
        pytest.fail(reason)
    pytest.skip(reason)


def seen_by(program: str, vendor: Vendor, **told: Any) -> dict[str, Any]:
    """What a program of the client saw of a vendor; it is told the vendor's addresses and whatever else a test says."""
    language = "node" if program.endswith(".mjs") else "go"
    folder = installed(language)
    facts = {
        "url": vendor.url,
        "control": vendor.control_url,
        "issuer": vendor.issuer,
        "audience": vendor.about["audience"],
        "jwks_uri": vendor.jwks_uri,
    }
    command = ["node", program] if language == "node" else [f"./{program}"]
    trust = {"NODE_EXTRA_CA_CERTS": str(vendor.ca_file), "SSL_CERT_FILE": str(vendor.ca_file)}
    done = subprocess.run(
        [*command, json.dumps(facts | told)],
        cwd=folder,
        env=os.environ | trust,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))
