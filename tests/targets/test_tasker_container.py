"""The entry point of the worker's image."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from harness.base.errors import UsageError
from harness.targets.tasker_container import config_from

NEEDED = {
    "TASKER_JWKS_URL": "http://mock-idp:9400/keys",
    "TASKER_JWT_ISSUER": "http://mock-idp:9400/",
    "TASKER_JWT_AUDIENCE": "tasker-api",
}


def test_the_variables_are_the_configuration() -> None:
    """Each is read as what it stands for; an empty one is not set."""
    config = config_from(
        NEEDED
        | {
            "TASKER_JWKS_REFRESH_INTERVAL_SECONDS": "2",
            "TASKER_JWT_ALLOWED_ALGORITHMS": "RS256, RS512",
            "TASKER_STRICT_VALIDATION": "true",
            "TASKER_PERMISSIONS_CLAIM": "",
        }
    )
    assert (config.jwks_url, config.issuer, config.audience) == tuple(NEEDED.values())
    assert (config.refresh_seconds, config.max_stale_seconds, config.strict_validation) == (2, 300, True)
    assert (config.allowed_algorithms, config.permissions_claim) == (("RS256", "RS512"), "permissions")


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"TASKER_JWT_ISSUER": ""}, "TASKER_JWT_ISSUER is missing"),
        ({"TASKER_JWKS_MAX_STALE_SECONDS": "long"}, "TASKER_JWKS_MAX_STALE_SECONDS is 'long'"),
        ({"TASKER_STRICT_VALIDATION": "yes"}, "TASKER_STRICT_VALIDATION is 'yes': write true or false"),
        ({"TASKER_JWKS_ULR": "x"}, "TASKER_JWKS_URL"),
    ],
)
def test_a_wrong_variable_is_named(environ: dict[str, str], says: str) -> None:
    """Missing, wrong or unknown: the message says which."""
    with pytest.raises(UsageError) as caught:
        config_from(NEEDED | environ)
    assert says in str(caught.value)


def test_without_a_database_nothing_starts() -> None:
    """Exit status 2, in one line."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("TASKER_", "DATABASE_"))}
    command = [sys.executable, "-m", "harness.targets.tasker_container"]
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=30)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "DATABASE_URL" in done.stderr


def test_it_is_imported_without_what_its_image_lacks() -> None:
    """The image of a worker has neither rich nor psutil."""
    lacking = "import sys; sys.modules.update(rich=None, psutil=None, pytest=None)"
    subprocess.run([sys.executable, "-c", f"{lacking}; import harness.targets.tasker_container"], check=True)
