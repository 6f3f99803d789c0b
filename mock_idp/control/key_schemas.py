"""The JSON schemas of keys, and of what is done to a key set."""

from __future__ import annotations

from mock_idp.jose.algorithms import SIGNING_ALGORITHMS
from mock_idp.jose.raw_rsa import MAX_BITS, MAX_EXPONENT, MIN_BITS
from mock_idp.jose.ring import KEY_STATES
from mock_idp.jose.rotation import HABITS
from mock_idp.schema_parts import MAYBE_TEXT, OBJECT, STRING, STRINGS, TEXT, Json, closed, complete

_KEY_SPEC: Json = {
    "name": {**TEXT, "maxLength": 200, "description": "A handle for this key, beside its kid."},
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
        **TEXT,
        "description": "The JWK member issuer, where the members name it; a path follows the base URL.",
    },
}

KEY_SCHEMAS: dict[str, Json] = {
    "KeySpec": closed(_KEY_SPEC),
    "Key": complete(
        {
            "name": MAYBE_TEXT,
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
    "Rotation": complete({"signing": STRING, "published": STRINGS}),
    "Habit": closed({"habit": {"type": "string", "enum": list(HABITS)}}),
}
