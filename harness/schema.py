"""The JSON schema of scenario files, for editors: made from the same words that the loader checks.

`python -m harness.schema FILE` writes it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from harness import vocabulary as words

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_TABLE: Schema = {"type": "object"}
_WORDS: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TIMES: Schema = {"type": "integer", "minimum": 1}


def scenario_schema() -> Schema:
    """The schema (draft 2020-12) of `scenarios/<area>/<topic>.toml`."""
    parts = _scenario_parts()
    # A variant's policy may say only what differs.
    variant = _closed(words.VARIANT_KEYS, {**parts, "policy": _policy()})
    variants = {"type": "object", "minProperties": 1, "additionalProperties": variant}
    scenario = {
        **_closed(words.SCENARIO_KEYS, {**parts, "variants": variants}),
        "required": list(words.REQUIRED_KEYS),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "idp-harness scenarios",
        "type": "object",
        "required": ["title"],
        "properties": {"title": _TEXT},
        "patternProperties": {"^(?!title$)[a-z0-9]+(-[a-z0-9]+)*$": scenario},
        "additionalProperties": False,
    }


def _scenario_parts() -> Schema:
    """The schema of each key of a scenario but `variants`."""
    send = _send_parts()
    return {
        "title": {**_TEXT, "description": "States a fact"},
        "requirement": {**_TEXT, "description": "Document and section, and what it demands"},
        "level": {"enum": list(words.LEVELS)},
        "severity": {"enum": list(words.SEVERITIES)},
        "source": _TEXT,
        "note": _TEXT,
        "kills": {**_WORDS, "description": "The mutants that this scenario catches"},
        "positive_control": {**_FLAG, "description": "It catches no mutant: it shows that good tokens are let in"},
        "styles": {"type": "array", "items": {"enum": list(words.STYLES)}, "minItems": 1},
        "needs": {"type": "array", "items": {"enum": list(words.CAPABILITIES)}},
        "config": _closed(words.CONFIG_KEYS, {key: {"enum": list(one)} for key, one in words.CONFIG_WORDS.items()}),
        "timed": {**_FLAG, "description": "An issuer and a service of its own"},
        "start": {"enum": ["automatic", "manual"]},
        "preflight": _FLAG,
        "control": _closed(["token", "request", "expect"], {k: send[k] for k in ("token", "request", "expect")}),
        "fault": _TABLE,
        "jwks": _closed(words.JWKS_KEYS),
        "steps": {"type": "array", "items": {"oneOf": [_step(name) for name in words.STEPS]}, "minItems": 1},
        **{key: send[key] for key in ("token", "request", "expect", "policy", "answer", "fetches")},
    }


_STEP_PARTS: dict[str, Schema] = {
    "present-certificate": {"kind": {"enum": list(words.CERTIFICATES)}},
    "start-service": {"refusal": {"const": "allowed"}, "names": _WORDS, "config": _TABLE},
    "send-raw": {"lines": _WORDS},
    "send-half": {"lines": _WORDS},
    "send-pipeline": {"requests": {"type": "array", "items": _TABLE, "minItems": 1}},
    # Its policy chooses between other words than expectations.
    "expect-alike": {"answers": _WORDS, "policy": _TABLE},
    "compare-times": {"first": _TABLE, "second": _TABLE, "samples": _TIMES},
}


def _step(name: str) -> Schema:
    required, optional = words.STEPS[name]
    properties: Schema = {"do": {"const": name}}
    known = _send_parts()
    for key in required + tuple(k for k in optional if k != "*"):
        properties[key] = known.get(key, {})
    properties |= {key: one for key, one in _STEP_PARTS.get(name, {}).items() if key in properties}
    return {
        "type": "object",
        "properties": properties,
        "required": ["do", *required],
        "additionalProperties": "*" in optional,
    }


def _send_parts() -> Schema:
    duration = _closed(words.DURATION_KEYS, {key: {"type": "number"} for key in words.DURATION_KEYS})
    texts: Schema = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    expectation: Schema = {
        "oneOf": [
            {"enum": list(words.EXPECTATIONS)},
            {"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 1},
        ]
    }
    return {
        "token": _closed(words.TOKEN_KEYS),
        "request": {"oneOf": [_TEXT, _closed(words.REQUEST_KEYS)]},
        "expect": expectation,
        "policy": {**_policy(), "required": ["knob", "then", "otherwise"]},
        "within": duration,
        "answer_within": duration,
        "fetches": _closed(
            words.FETCHES_KEYS, {"at_most": _COUNT, "at_least": _COUNT, "timer": _FLAG, "cooldown": _FLAG}
        ),
        "answer": _closed(
            words.ANSWER_KEYS, {"headers": _TABLE, "contains": texts, "lacks": texts, "lacks_secrets": _FLAG}
        ),
        "repeat": _TIMES,
        "concurrent": _TIMES,
        "connection": {"const": "same"},
    }


def _policy() -> Schema:
    outcome: Schema = {"enum": list(words.EXPECTATIONS)}
    return _closed(words.POLICY_KEYS, {"knob": _TEXT, "then": outcome, "otherwise": outcome})


def _closed(keys: Any, properties: Schema | None = None) -> Schema:
    """A table with these keys and no other."""
    known = properties or {}
    return {"type": "object", "properties": {key: known.get(key, {}) for key in keys}, "additionalProperties": False}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
