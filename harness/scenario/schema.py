"""The JSON schema of scenario files, for editors: the kinds that the loader checks with, in plain JSON Schema.

`python -m harness.scenario.schema FILE` writes it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.grammar.kinds import DEFINITIONS, closed, resolved, schema_of
from harness.grammar.mock_words import Token
from harness.grammar.policies import known_knobs
from harness.grammar.tables import Policy, ScenarioTable
from harness.steps import STEPS, StepDefinition

Schema = dict[str, Any]

_REFERENCE = re.compile(r'"#/\$defs/([\w-]+)"')
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
# Tables that stand for JSON inside data: `$json` alone, the others as `jwk_values` reads them.
_DATA: Schema = {
    "type": "object",
    "anyOf": [{"required": [name]} for name in ("$jwk", "$json", "$null")],
    "properties": {"$jwk": {"type": "string"}, "$json": {"description": "any JSON value"}, "$null": {"const": True}},
}
_NOT_BOTH: Schema = {"not": {"required": ["expect", "policy"]}}


def scenario_schema() -> Schema:
    """The schema (draft 2020-12) of `scenarios/<area>/<topic>.toml`."""
    scenario = schema_of(ScenarioTable)
    named = {name: _plain(schema) for name, schema in DEFINITIONS.items()}
    steps = {f"step-{name}": _step(step) for name, step in STEPS.items()}
    one = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in steps]}
    for table in (named["scenario"], named["variant"]):
        table["properties"]["steps"] = {"type": "array", "items": one, "minItems": 1}
        table["allOf"] = [_NOT_BOTH]
    named["scenario"]["properties"]["variants"]["propertyNames"] = {"pattern": f"^{_SLUG}$"}
    named["scenario"]["allOf"].append(_complete())
    named["scenario"]["anyOf"] = [{"required": ["requirement"]}, {"required": ["documents"]}]
    definitions = {**named, **steps, "data": _DATA}
    for policy in (one for one in named.values() if "knob" in one.get("properties", {})):
        policy["properties"]["knob"] = {"anyOf": [{"enum": list(known_knobs())}, policy["properties"]["knob"]]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "idp-harness scenarios",
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"type": "string", "minLength": 1}},
        "patternProperties": {f"^(?!title$){_SLUG}$": scenario},
        "additionalProperties": False,
        "$defs": {name: definitions[name] for name in sorted(_reached(scenario, definitions))},
    }


def _complete() -> Schema:
    """What must be whole in a scenario without variants, which could say the rest."""
    whole = {"token": _plain(schema_of(Token)), "policy": _plain(schema_of(Policy))}
    judged = [{"required": [key]} for key in ("expect", "policy", "steps")]
    return {"if": {"not": {"required": ["variants"]}}, "then": {"properties": whole, "anyOf": judged}}


def _reached(schema: Any, definitions: Schema) -> set[str]:
    """The names of the definitions that a schema refers to, also by way of others."""
    reached: set[str] = set()
    found = _REFERENCE.findall(json.dumps(schema))
    while found:
        name = found.pop()
        if name not in reached:
            reached.add(name)
            found += _REFERENCE.findall(json.dumps(definitions[name]))
    return reached


def _step(step: StepDefinition) -> Schema:
    """The schema of a step's table, with its name as `do`."""
    schema, do = resolved(step.schema), {"do": {"const": step.name}}
    cases = [case for by in schema.get("x-by", {}).values() for case in by.values()] or [schema]
    tables = [
        _plain({**one, "properties": {**do, **one["properties"]}, "required": ["do", *one.get("required", ())]})
        for one in cases
    ]
    if {"expect", "policy"} <= step.arguments.keys():
        tables = [{**one, **_NOT_BOTH} for one in tables]
    if step.says.takes:
        tables = [closed(do, ["do"]), *tables]
    return tables[0] if len(tables) == 1 else {"anyOf": tables}


def _plain(schema: Any) -> Any:
    """A schema, or a part of one, without keywords of our own: what they say in others."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain: Schema = {key: _plain(value) for key, value in schema.items() if not key.startswith("x-")}
    rules: list[Schema] = [
        {"not": {"required": [key, other]}} for key, others in schema.get("x-apart", {}).items() for other in others
    ]
    for key, cases in schema.get("x-by", {}).items():
        for value, case in cases.items():
            condition = {"properties": {key: {"const": value}}, "required": [key]}
            rules.append({"if": condition, "then": _plain(case)})
    if rules:
        plain["allOf"] = [*plain.get("allOf", []), *rules]
    return {"anyOf": [plain, {"$ref": "#/$defs/data"}]} if "x-data" in schema else plain


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
