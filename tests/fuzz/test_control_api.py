"""The control API does what its OpenAPI document says: schemathesis tries it, with all its checks."""

from __future__ import annotations

import re

import pytest

from mock_idp.control.registry import OPERATIONS
from mock_idp.embed import EmbeddedIdp

from .control_api import schemathesis, settings

_EXAMPLES = 3
# Their bodies have so many limits that these take two minutes: `python -m tests.fuzz.control_api` takes them.
_LARGEST = re.compile(r"POST /_mock/issuers(/\{issuer_id\}/(clients|faults|script|tokens(/batch)?))?$")
_OTHERS = [one for one in OPERATIONS if not _LARGEST.match(f"{one.method} {one.path}")]


@pytest.mark.parametrize(
    ("phase", "arguments", "operations"),
    [
        pytest.param("fuzzing", ["--max-examples", str(_EXAMPLES)], len(OPERATIONS), id="random"),
        pytest.param("coverage", ["--exclude-name-regex", _LARGEST.pattern], len(_OTHERS), id="limits"),
    ],
)
def test_every_operation(phase: str, arguments: list[str], operations: int) -> None:
    """What the document allows is accepted, what it forbids is refused, and every answer is in it.

    The second tries each limit, and each method that is not there, once. Always the same calls;
    `python -m tests.fuzz.control_api` makes others each time.
    """
    with EmbeddedIdp(settings()) as idp:
        done = schemathesis(idp, ["--phases", phase, *arguments, "--seed", "1"], seconds=600)
        idp.raise_pending()
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{operations} selected / {len(OPERATIONS)} total" in done.stdout
    tried = re.search(r"(\d+) generated", done.stdout)
    assert tried is not None
    assert int(tried[1]) > operations * _EXAMPLES / 2
