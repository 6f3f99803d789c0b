"""The JSON schema of scenario files, for editors: made from the same words that the loader checks."""

from __future__ import annotations

from typing import Any

from harness import vocabulary as words

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_TABLE: Schema = {"type": "object"}
_WORDS: Schema = {"type": "array", "items": {"type": "string"}}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}


def scenario_schema() -> Schema:
    """The schema (draft 2020-12) of `scenarios/<area>/<topic>.toml`."""
    scenario = {**_scenario(), "required": list(words.REQUIRED_KEYS)}
    scenario["properties"] = {
        **scenario["properties"],
        "variants": {"type": "object", "minProperties": 1, "additionalProperties": _scenario()},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "idp-harness scenarios",
        "type": "object",
        "required": ["title"],
        "properties": {"title": _TEXT},
        "patternProperties": {"^[a-z0-9]+(-[a-z0-9]+)+$": scenario},
        "additionalProperties": False,
    }


def _scenario() -> Schema:
    send = _send_parts()
    properties: Schema = {
        "title": {**_TEXT, "description": "States a fact"},
        "requirement": {**_TEXT, "description": "Document and section, and what it demands"},
        "level": {"enum": list(words.LEVELS)},
        "severity": {"enum": list(words.SEVERITIES)},
        "source": _TEXT,
        "note": _TEXT,
        "kills": {**_WORDS, "description": "The mutants that this scenario catches"},
        "positive_control": {**_FLAG, "description": "It catches no mutant: it shows that good tokens are let in"},
        "styles": {"type": "array", "items": {"enum": list(words.STYLES)}},
        "needs": {"type": "array", "items": {"enum": list(words.CAPABILITIES)}},
        "config": _closed(words.CONFIG_KEYS),
        "timed": {**_FLAG, "description": "An issuer and a service of its own"},
        "start": {"enum": ["automatic", "manual"]},
        "preflight": _FLAG,
        "control": _closed(["token", "request", "expect"], {k: send[k] for k in ("token", "request", "expect")}),
        "fetches": _closed(
            ["at_most", "at_least", "timer", "cooldown"],
            {"at_most": _COUNT, "at_least": _COUNT, "timer": _FLAG, "cooldown": _FLAG},
        ),
        "fault": _TABLE,
        "steps": {"type": "array", "items": {"oneOf": [_step(name) for name in words.STEPS]}},
        **{key: send[key] for key in ("token", "request", "expect", "policy")},
    }
    assert set(properties) == set(words.SCENARIO_KEYS) - {"variants"}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _step(name: str) -> Schema:
    required, optional = words.STEPS[name]
    properties: Schema = {"do": {"const": name}}
    known = _send_parts()
    for key in required + tuple(k for k in optional if k != "*"):
        properties[key] = known.get(key, {})
    return {
        "type": "object",
        "properties": properties,
        "required": ["do", *required],
        "additionalProperties": "*" in optional,
    }


def _send_parts() -> Schema:
    duration = _closed(words.DURATION_KEYS, dict.fromkeys(words.DURATION_KEYS, {"type": "number"}))
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
        "policy": {**_closed(words.POLICY_KEYS), "required": ["knob", "then", "otherwise"]},
        "within": duration,
        "answer_within": duration,
        "repeat": _COUNT,
        "concurrent": _COUNT,
    }


def _closed(keys: Any, properties: Schema | None = None) -> Schema:
    """A table with these keys and no other."""
    known = properties or {}
    return {"type": "object", "properties": {key: known.get(key, {}) for key in keys}, "additionalProperties": False}
