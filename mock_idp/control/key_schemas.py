"""The JSON schemas of keys, and of what is done to a key set."""

from __future__ import annotations

from mock_idp.http11.schema_parts import MAYBE_TEXT, OBJECT, STRING, STRINGS, Json, closed, complete
from mock_idp.jose.key_spec import RULES, KeySettings
from mock_idp.jose.members import schemas
from mock_idp.jose.public_jwk import MEMBERS
from mock_idp.jose.ring import KEY_STATES
from mock_idp.jose.rotation import HABITS

KEY_SCHEMAS: dict[str, Json] = {
    "KeySpec": {**closed(schemas(KeySettings)), "allOf": [*RULES]},
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
                "additionalProperties": {"type": "array", "items": {"enum": list(MEMBERS)}, "minItems": 1},
                "description": "By name or kid of the key: its members, in order.",
            },
        }
    ),
    "Jwks": closed({"keys": {"type": "array"}}, ["keys"]),
    "Rotation": complete({"signing": STRING, "published": STRINGS}),
    "Habit": closed({"habit": {"type": "string", "enum": list(HABITS)}}),
}
