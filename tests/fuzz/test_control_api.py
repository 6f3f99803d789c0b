"""The control API does what its OpenAPI document says: schemathesis tries it, with all its checks."""

from __future__ import annotations

import re

from mock_idp.control.registry import OPERATIONS
from mock_idp.embed import EmbeddedIdp

from .control_api import schemathesis, settings

_EXAMPLES = 5


def test_every_operation() -> None:
    """What the document allows is accepted, what it forbids is refused, and every answer is in it.

    Always the same calls; `python -m tests.fuzz.control_api` makes others each time.
    """
    with EmbeddedIdp(settings()) as idp:
        done = schemathesis(idp, ["--phases", "fuzzing", "--max-examples", str(_EXAMPLES), "--seed", "1"], seconds=600)
        idp.raise_pending()
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(OPERATIONS)} selected / {len(OPERATIONS)} total" in done.stdout
    tried = re.search(r"(\d+) generated", done.stdout)
    assert tried is not None
    assert int(tried[1]) > len(OPERATIONS) * _EXAMPLES / 2
