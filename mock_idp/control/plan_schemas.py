"""The JSON schemas of what is planned for requests: faults and stubs."""

from __future__ import annotations

from mock_idp.control.operation import ref
from mock_idp.http11.schema_parts import STRING, Json, closed
from mock_idp.jose.members import required_members, schemas
from mock_idp.plans.faults.base import Fault
from mock_idp.plans.faults.registry import FAULTS
from mock_idp.plans.queue import WHEN
from mock_idp.plans.stubs.schema import STUB_SPEC
from mock_idp.vendors.context import SERVED_ENDPOINTS


def _fault(kind: type[Fault]) -> Json:
    """The schema of one kind of fault, from the fields of its class."""
    described = closed(
        {
            "kind": {"type": "string", "enum": [kind.kind], "description": (kind.__doc__ or "").splitlines()[0]},
            "on": {"type": "string", "enum": list(SERVED_ENDPOINTS)},
            "times": {
                "type": ["integer", "null"],
                "minimum": 1,
                "maximum": 1_000_000,
                "default": None,
                "description": "For how many requests; null until cleared.",
            },
            "when": WHEN,
            **schemas(kind),
        },
        ["kind", "on", *required_members(kind)],
    )
    rule = getattr(kind, "rule", None)
    return described if rule is None else {**described, "allOf": [rule]}


PLAN_SCHEMAS: dict[str, Json] = {
    **{f"{kind.__name__}Fault": _fault(kind) for kind in FAULTS.values()},
    "FaultSpec": {
        "oneOf": [ref(f"{kind.__name__}Fault") for kind in FAULTS.values()],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {name: ref(f"{kind.__name__}Fault")["$ref"] for name, kind in FAULTS.items()},
        },
    },
    "Fault": {
        "type": "object",
        "properties": {
            "id": STRING,
            "on": {"type": "string", "enum": list(SERVED_ENDPOINTS)},
            "kind": {"type": "string", "enum": list(FAULTS)},
            "times": {"type": ["integer", "null"]},
            "when": WHEN,
            "served": {"type": "integer", "description": "How many requests have met it."},
        },
        "required": ["id", "on", "kind", "times", "when", "served"],
        "description": "Also has the parameters of its kind.",
    },
    "ScriptSpec": STUB_SPEC,
    "ScriptStep": {
        "type": "object",
        "properties": {
            **STUB_SPEC["properties"],
            "id": STRING,
            "served": {"type": "integer", "description": "How many requests have met it."},
        },
        "required": ["id", "on", "times", "when", "served"],
        "description": "Also has what it does: response, error, problem, claims, token, merge, delay_seconds.",
    },
}

UNUSED: Json = {
    "type": "string",
    "enum": ["true", "false"],
    "default": "false",
    "description": "true: only those that wait for requests which have not come.",
}
"""The query parameter that looks for plans nobody has met."""
