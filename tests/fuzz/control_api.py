"""schemathesis against the control API: `python -m tests.fuzz.control_api --seconds 600`, or bounded from a test.

Its exit status: 0 nothing was found, 1 something was, 2 wrong usage, 3 it could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from mock_idp.embed import EmbeddedIdp
from mock_idp.jose.key_spec import KeySettings
from mock_idp.settings import IssuerSettings, ServerSettings

_TOKEN = "open-sesame"
# A schema can't say what a private key is, and nobody makes one up; tests/mock_idp/test_brought_keys.py has real ones.
_KEYS_OF_ONES_OWN = ("private_key", "private_keys")
# Which options a mutation has stands in TokenSpec alone; elsewhere the same members are described one by one.
_MUTATIONS = ("mutation", "with")
_CONFIG = Path(__file__).with_name("schemathesis.toml")


def settings() -> ServerSettings:
    """A server with a control token, and with what the configuration of schemathesis names."""
    keys = (KeySettings(name="k1"), KeySettings(name="k2", state="previous"))
    issuers = (
        IssuerSettings(id="subject", style="custom", algorithm="ES256", keys=keys),
        IssuerSettings(id="spare", style="custom", algorithm="ES256"),
    )
    return ServerSettings(port=0, control_token=_TOKEN, issuers=issuers, recycle_keys=True, key_pool_size=0)


def schemathesis(idp: EmbeddedIdp, arguments: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """A run of schemathesis with all checks. In: more of its arguments, and after how many seconds it is ended."""
    request = urllib.request.Request(f"{idp.url}/_mock/openapi.json", headers={"Authorization": f"Bearer {_TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        document = json.load(answer)
    for schema in document["components"]["schemas"].values():
        for name in _KEYS_OF_ONES_OWN:
            schema.get("properties", {}).pop(name, None)
        for name in _MUTATIONS:
            schema.get("properties", {}).get("token", {}).get("properties", {}).pop(name, None)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        command = [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *("--config-file", str(_CONFIG), "run", str(file), "--url", idp.url, "--checks", "all", "--no-color"),
            # A busy machine is slow at making inputs, which says nothing about the document.
            *("--continue-on-failure", "--generation-database", "none", "--suppress-health-check", "all"),
            *("--warnings", "off", *arguments),
        ]
        environ = {**os.environ, "CONTROL_TOKEN": _TOKEN}
        return subprocess.run(
            command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
            check=False,
        )  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """All phases with a random seed, which schemathesis says."""
    parser = argparse.ArgumentParser("python -m tests.fuzz.control_api", description="schemathesis on the control API.")
    parser.add_argument("--seconds", type=int, default=600, help="for how long (600)")
    parser.add_argument("--seed", type=int, help="the same calls again")
    given = parser.parse_args(arguments)
    if given.seconds < 1:
        parser.error("--seconds is 1 or more")
    seed = [] if given.seed is None else ["--seed", str(given.seed)]
    try:
        with EmbeddedIdp(settings()) as idp:
            done = schemathesis(idp, ["--max-time", str(given.seconds), *seed], given.seconds + 600)
            idp.raise_pending()
    except Exception as error:
        print(f"could not run: {type(error).__name__}: {error}", file=sys.stderr)
        return 3
    print(done.stdout + done.stderr)
    return done.returncode if done.returncode in (0, 1) else 3


if __name__ == "__main__":
    sys.exit(main())
