"""The JSON schemas of the control API, by name. What comes in is checked against them, and OpenAPI shows them."""

from __future__ import annotations

from typing import Any

from mock_idp.control.client_schemas import CLIENT_SCHEMAS, FLOW_SETTINGS
from mock_idp.control.har_schema import HAR_SCHEMAS
from mock_idp.control.operation import ref
from mock_idp.faults.base import Fault, parameters, required_parameters
from mock_idp.faults.queue import FAULT_POINTS
from mock_idp.faults.registry import FAULTS
from mock_idp.jose.algorithms import ALGORITHMS, SIGNING_ALGORITHMS
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.jose.raw_rsa import MAX_BITS, MAX_EXPONENT, MIN_BITS
from mock_idp.jose.ring import KEY_STATES
from mock_idp.jose.rotation import HABITS
from mock_idp.plan_queue import MAX_PLANNED
from mock_idp.providers import PROVIDERS
from mock_idp.request_log import ENDPOINTS
from mock_idp.script.spec import SCRIPT_SPEC

Json = dict[str, Any]

STRING: Json = {"type": "string"}
STRINGS: Json = {"type": "array", "items": STRING}
OBJECT: Json = {"type": "object"}
ANY: Json = {}
NAME: Json = {"type": "string", "minLength": 1, "maxLength": 200}
UNIX_SECONDS: Json = {"type": "number", "minimum": 0, "maximum": 253_402_300_799}


def closed(properties: Json, required: list[str] | None = None) -> Json:
    """The schema of an object that has these members and no others.

    Unknown members are looked at first: a misspelled name explains a missing one, not the other way round.
    """
    needed = {"required": required} if required else {}
    return {"type": "object", "additionalProperties": False, "properties": properties, **needed}


def _answer(properties: Json, optional: tuple[str, ...] = ()) -> Json:
    """The schema of an answer: all members are always there unless they are named as optional."""
    return closed(properties, [name for name in properties if name not in optional])


def _fault(kind: type[Fault]) -> Json:
    """The schema of one kind of fault, from the fields of its class."""
    return closed(
        {
            "kind": {"type": "string", "enum": [kind.kind], "description": (kind.__doc__ or "").splitlines()[0]},
            "on": {"type": "string", "enum": list(FAULT_POINTS)},
            "times": {
                "type": ["integer", "null"],
                "minimum": 1,
                "maximum": 1_000_000,
                "default": None,
                "description": "For how many requests; null until cleared.",
            },
            **parameters(kind),
        },
        ["kind", "on", *required_parameters(kind)],
    )


_KEY_SPEC = {
    "name": {**NAME, "description": "A handle for this key, beside its kid."},
    "state": {"type": "string", "enum": list(KEY_STATES)},
    "algorithm": {"type": "string", "enum": list(SIGNING_ALGORITHMS)},
    "bits": {
        "type": "integer",
        "minimum": MIN_BITS,
        "maximum": MAX_BITS,
        "description": "The size of an RSA key. One below 1024 or above 4096 signs with RS256, RS384 and RS512 only.",
    },
    "exponent": {
        "type": "integer",
        "minimum": 0,
        "maximum": MAX_EXPONENT,
        "description": "The exponent of an RSA key. One other than 3 and 65537 signs with RS256, RS384 and RS512 only.",
    },
    "kid": {"type": "string", "maxLength": 40_000, "description": "Left out: a kid in the vendor's shape."},
    "allow_reuse": {
        "type": "boolean",
        "default": False,
        "description": "Take a kid that another key of this issuer had.",
    },
    "use": {"type": "string", "enum": ["sig", "enc"], "default": "sig"},
    "members": {**STRINGS, "minItems": 1, "maxItems": 20, "description": "The JWK members, in order."},
    "issuer": {
        "type": "string",
        "minLength": 1,
        "maxLength": 2000,
        "description": "The JWK member issuer, where the members name it; a path follows the base URL.",
    },
}

SCHEMAS: dict[str, Json] = {
    "Error": _answer({"error": STRING, "error_description": STRING, "field": {"type": ["string", "null"]}}),
    "KeySpec": closed(_KEY_SPEC),
    "Key": _answer(
        {
            "name": {"type": ["string", "null"]},
            "kid": STRING,
            "state": {"type": "string", "enum": list(KEY_STATES)},
            "algorithm": STRING,
            "use": STRING,
            "jwk": {"type": "object", "description": "The public key with all usual members."},
            "x5c": {
                **STRINGS,
                "description": "Its self-signed certificate, for the header of a token. Not in lists of keys, and not "
                "of RSA keys whose size or exponent no certificate can hold.",
            },
        },
        optional=("x5c",),
    ),
    "IssuerSpec": closed(
        {
            "id": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"},
            "style": {"type": "string", "enum": list(PROVIDERS)},
            "audience": {"type": "string", "minLength": 1, "maxLength": 2000},
            "permissions_claim": {"type": "string", "minLength": 1, "maxLength": 2000},
            "algorithm": {"type": "string", "enum": list(SIGNING_ALGORITHMS)},
            "public_url": {
                "type": "string",
                "maxLength": 2000,
                "description": "Replaces the server's public URL for this issuer; the path of the issuer follows.",
            },
            "token_lifetime_seconds": {"type": "integer", "minimum": 1, "maximum": 315_360_000},
            "options": {"type": "object", "description": "The options of the style."},
            "keys": {
                "type": "array",
                "items": ref("KeySpec"),
                "maxItems": 50,
                "description": "The keys of the start instead of the vendor's usual ones.",
            },
            **FLOW_SETTINGS,
            "script": {
                "type": "array",
                "items": ref("ScriptSpec"),
                "maxItems": MAX_PLANNED,
                "description": "The scripted answers of the start.",
            },
        },
        ["style"],
    ),
    "Issuer": _answer(
        {
            "id": STRING,
            "style": {"type": "string", "enum": list(PROVIDERS)},
            "issuer": STRING,
            "jwks_uri": STRING,
            "discovery_url": STRING,
            "token_endpoint": STRING,
            "audience": STRING,
            "permissions_claim": STRING,
            "algorithm": STRING,
            "token_lifetime_seconds": {"type": "integer"},
            "options": OBJECT,
            "mount": {"type": "string", "description": "root, or the prefix of its paths."},
            "keys": {"type": "array", "items": ref("Key")},
            "tasker": _answer(
                {"jwks_url": STRING, "jwt_issuer": STRING, "jwt_audience": STRING, "permissions_claim": STRING}
            ),
        }
    ),
    "TokenSpec": closed(
        {
            "permissions": STRINGS,
            "subject": STRING,
            "client_id": STRING,
            "audience": {"type": ["string", "array"], "items": STRING},
            "kind": {"type": "string", "enum": ["machine", "user"]},
            "claims": {"type": "object", "description": "Claims to set or replace, any JSON."},
            "without": {**STRINGS, "description": "Claims to leave out."},
            "times": {
                "type": "object",
                "additionalProperties": {"type": "number"},
                "description": "NumericDate claims as seconds from now.",
            },
            "raw": {
                "type": "object",
                "additionalProperties": STRING,
                "description": "Claims as raw JSON text.",
            },
            "raw_members": {
                "type": "array",
                "items": {"type": "array", "items": STRING, "minItems": 2, "maxItems": 2},
                "description": "Name and raw JSON text, appended as they are; a name may repeat.",
            },
            "payload": {"type": "string", "description": "The whole payload as text."},
            "payload_b64": {"type": "string", "description": "The whole payload as base64url of bytes."},
            "header": {
                "type": "object",
                "description": "Header members to set or replace. "
                'Inside, {"$jwk": NAME} and {"$x5c": NAME} stand for the public JWK and the certificate of a key.',
            },
            "header_without": STRINGS,
            "header_raw": {"type": "object", "additionalProperties": STRING},
            "header_text": {"type": "string", "description": "The whole header as text."},
            "header_b64": {"type": "string", "description": "The whole header as base64url of bytes."},
            "key": {"type": "string", "description": "Who signs: current, a kid or the name of a key."},
            "alg": {"type": "string", "enum": list(ALGORITHMS)},
            "mutation": {"type": "string", "enum": sorted(MUTATIONS)},
            "with": {"type": "object", "description": "The options of the mutation."},
        }
    ),
    "Token": _answer({"token": STRING, "header": ANY, "claims": ANY, "kid": STRING}),
    "JwksOverlay": closed(
        {
            "before": {"type": "array", "description": "Entries of any shape in front of the real ones."},
            "after": {"type": "array", "description": "Entries of any shape behind the real ones."},
            "edit": {
                "type": "object",
                "additionalProperties": closed({"set": OBJECT, "remove": STRINGS}),
                "description": "By name or kid of the key: members to set, members to remove.",
            },
            "members": {
                "type": "object",
                "additionalProperties": {**STRINGS, "minItems": 1},
                "description": "By name or kid of the key: its members, in order.",
            },
        }
    ),
    "Jwks": closed({"keys": {"type": "array"}}, ["keys"]),
    "Rotation": _answer({"signing": STRING, "published": STRINGS}),
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
            "on": {"type": "string", "enum": list(FAULT_POINTS)},
            "kind": {"type": "string", "enum": list(FAULTS)},
            "times": {"type": ["integer", "null"]},
            "served": {"type": "integer", "description": "How many requests have met it."},
        },
        "required": ["id", "on", "kind", "times", "served"],
        "description": "Also has the parameters of its kind.",
    },
    "ScriptSpec": SCRIPT_SPEC,
    "ScriptStep": {
        "type": "object",
        "properties": {
            **SCRIPT_SPEC["properties"],
            "id": STRING,
            "served": {"type": "integer", "description": "How many requests have met it."},
        },
        "required": ["id", "on", "times", "when", "served"],
        "description": "Also has what it does: response, error or claims.",
    },
    **HAR_SCHEMAS,
    "ClockSpec": closed(
        {
            "offset_seconds": {
                "type": "number",
                "minimum": -3_155_760_000,
                "maximum": 3_155_760_000,
                "description": "How far the clock runs ahead of the wall clock.",
            },
            "at": {**UNIX_SECONDS, "description": "Where the clock stands still."},
        }
    ),
    "Clock": _answer(
        {"offset_seconds": {"type": "number"}, "at": {"type": ["number", "null"]}, "now": {"type": "number"}}
    ),
    "Request": _answer(
        {
            "seq": {"type": "integer"},
            "at": {"type": "number"},
            "issuer": STRING,
            "endpoint": {"type": "string", "enum": list(ENDPOINTS)},
            "method": STRING,
            "path": STRING,
            "query": STRING,
            "headers": {"type": "object", "additionalProperties": STRING},
            "credentials": {**STRINGS, "description": "The headers that were redacted."},
            "form": {
                "type": "object",
                "additionalProperties": STRING,
                "description": "The members of the body, secrets redacted.",
            },
            "client_id": {"type": ["string", "null"], "description": "Who the client says it is."},
            "status": {"type": ["integer", "null"], "description": "null: not answered (yet)."},
            "fault": {"type": ["string", "null"]},
            "script": {"type": ["string", "null"], "description": "The id of the scripted step that answered it."},
            "correlation_id": STRING,
        }
    ),
    "Requests": _answer({"requests": {"type": "array", "items": ref("Request")}, "last_seq": {"type": "integer"}}),
    "RequestsTimeout": _answer(
        {
            "error": STRING,
            "error_description": STRING,
            "field": {"type": ["string", "null"]},
            "requests": {"type": "array", "items": ref("Request")},
            "last_seq": {"type": "integer"},
        }
    ),
    **CLIENT_SCHEMAS,
    "Habit": closed({"habit": {"type": "string", "enum": list(HABITS)}}),
}
