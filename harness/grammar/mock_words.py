"""The words of the mock identity provider as kinds of values.

`x-by` says what else holds for the value that a member has: the options of a mutation, the members of a fault.
`x-apart` says which members have no place beside one that is a whole part of the token.
`x-data`: tables with `$jwk`, `$json` and `$null` stand for JSON there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from harness.grammar.kinds import Kind, Schema, define, uses, word
from harness.grammar.mock_file import WORDS

MUTATIONS: Final[Mapping[str, Schema]] = WORDS["mutations"]
FAULTS: Final[Mapping[str, Schema]] = WORDS["faults"]

# A time in a token: seconds from now, or so many leeways of the service and seconds.
_TIME: Final[Schema] = {
    "anyOf": [
        {"type": "number"},
        {
            "type": "object",
            "properties": {
                "leeways": {"type": "number", "x-needs-knob": "leeway_seconds"},
                "nbf_leeways": {"type": "number", "x-needs-knob": "nbf_leeway_seconds"},
                "seconds": {"type": "number"},
            },
            "additionalProperties": False,
        },
    ]
}


def _part_of_a_token() -> Schema:
    """The table `token` of a scenario, of which a variant may say only what differs."""
    members = dict(WORDS["token"]["properties"])
    members["times"] = {**members["times"], "additionalProperties": _TIME}
    members["key"] = {"type": "string", **uses("key").schema, "description": "Who signs: the name of a key."}
    # Beside what the mock knows: claims of which the one that grants permissions is left out.
    members["other_claims"] = {"type": "object", "x-needs-knob": "permissions_form"}
    members["alg"] = {**members["alg"], "title": "algorithm"}
    return {**WORDS["token"], "properties": members}


def _token() -> Schema:
    apart: dict[str, list[str]] = {}
    for whole, part in WORDS["apart"]:
        apart.setdefault(whole, []).append(part)
    by = {"mutation": _options()}
    return {**_part_of_a_token(), "x-apart": apart, "dependentRequired": {"with": ["mutation"]}, "x-by": by}


def _options() -> dict[str, Schema]:
    return {
        name: {"properties": {"with": options}, **({"required": ["with"]} if "required" in options else {})}
        for name, options in MUTATIONS.items()
    }


def _fault() -> Schema:
    about = ("kind", "on", "times", "when")
    kinds = {
        name: {
            **schema,
            "properties": {
                key: one if key in about else {**one, "x-data": True} for key, one in schema["properties"].items()
            },
        }
        for name, schema in FAULTS.items()
    }
    general = next(iter(FAULTS.values()))["properties"]
    return {
        "type": "object",
        "properties": {
            "on": {**general["on"], "title": "endpoint"},
            "kind": {"title": "fault", "enum": list(kinds)},
            "times": general["times"],
            "when": general["when"],
        },
        "required": ["on", "kind"],
        "x-by": {"kind": kinds},
    }


def _part_of_a_fault() -> Schema:
    """The table `fault` of a scenario, of which a variant may say only what differs."""
    members: dict[str, Any] = {}
    for schema in FAULTS.values():
        for name, one in schema["properties"].items():
            members.setdefault(name, []).append(one)
    whole = _fault()["properties"]
    alike = {name: {"anyOf": [*schemas, {"type": "object"}]} for name, schemas in members.items()}
    return {"type": "object", "properties": {**alike, **whole}, "additionalProperties": False}


def _key() -> Schema:
    """The settings of a key beside its name, its state and its issuer."""
    members = {name: one for name, one in WORDS["key"]["properties"].items() if name not in ("name", "state", "issuer")}
    algorithm = {**members["algorithm"], "title": "algorithm"}
    of_a_jwk = {**members["members"], "items": {**members["members"]["items"], "title": "member of a JWK"}}
    return {**WORDS["key"], "properties": {**members, "algorithm": algorithm, "members": of_a_jwk}}


def _edit() -> Schema:
    """Changes to published keys, by the names that the scenario has for them."""
    return {**WORDS["jwks"]["properties"]["edit"], "propertyNames": uses("key").schema}


ALGORITHMS: Final[tuple[str, ...]] = tuple(WORDS["token"]["properties"]["alg"]["enum"])

Token = Annotated[Mapping[str, Any], define("token", _token())]
Fault = Annotated[Any, define("fault", _fault())]
PartialToken = Annotated[Mapping[str, Any], define("partial-token", _part_of_a_token())]
PartialFault = Annotated[Mapping[str, Any], define("partial-fault", _part_of_a_fault())]
KeySettings = Annotated[Any, Kind(_key())]
KeyState = Annotated[str, word("state of a key", WORDS["key"]["properties"]["state"]["enum"])]
KeyName = Annotated[str, uses("key")]
JwkEdits = Annotated[Mapping[str, Any], Kind(_edit())]
Endpoint = Annotated[str, word("endpoint", WORDS["endpoints"])]
