"""`mock_idp/words.json` is what the control API knows, for programs that may not import the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import mock_idp
from mock_idp.jose.errors import JoseError
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.plans.faults.registry import FAULTS
from mock_idp.words import main, words

FILE = Path(mock_idp.__file__).parent / "words.json"
WORDS = words()


def test_the_file_is_what_the_package_says(tmp_path: Path) -> None:
    """Byte for byte what `python -m mock_idp.words` writes."""
    main([str(tmp_path / "words.json")])
    assert (tmp_path / "words.json").read_bytes() == FILE.read_bytes()


def test_all_faults_and_mutations_are_there() -> None:
    """By their names, each with the schema of its members or options."""
    assert (set(WORDS["faults"]), set(WORDS["mutations"])) == (set(FAULTS), set(MUTATIONS))


@pytest.mark.parametrize("schema", [WORDS["token"], WORDS["key"], WORDS["jwks"], *WORDS["faults"].values()])
def test_a_schema_stands_alone(schema: dict[str, Any]) -> None:
    """It is JSON Schema and refers to nothing that isn't in the file."""
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)


# A value for each member that may not stand beside others.
VALUES: dict[str, Any] = {
    "payload": "x",
    "payload_b64": "eA",
    "claims": {"a": 1},
    "times": {"exp": 1},
    "without": ["a"],
    "raw": {"a": "1"},
    "raw_members": [["a", "1"]],
    "header_text": "x",
    "header_b64": "eA",
    "header": {"a": 1},
    "header_without": ["a"],
    "header_raw": {"a": "1"},
}


@pytest.mark.parametrize("one", VALUES)
def test_what_stands_apart_is_refused_together(one: str) -> None:
    """The pairs that the words name are those of which a token spec takes one member, and no others."""
    apart = {frozenset(pair) for pair in WORDS["apart"]}
    for other in VALUES.keys() - {one}:
        spec = {one: VALUES[one], other: VALUES[other]}
        if frozenset((one, other)) in apart:
            with pytest.raises(JoseError, match="leave one out"):
                TokenSpec.from_json(spec)
        else:
            TokenSpec.from_json(spec)
