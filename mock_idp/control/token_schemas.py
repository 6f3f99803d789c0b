"""The JSON schemas of tokens, and of the specs they are made from."""

from __future__ import annotations

from mock_idp.jose.algorithms import ALGORITHMS
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.schema_parts import ANY, STRING, STRINGS, Json, closed, complete

TOKEN_SCHEMAS: dict[str, Json] = {
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
    "Token": complete({"token": STRING, "header": ANY, "claims": ANY, "kid": STRING}),
}
