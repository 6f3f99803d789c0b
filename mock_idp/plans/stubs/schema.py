"""The JSON schema of a stub, a step of what users write as a script."""

from __future__ import annotations

from mock_idp.http11.schema_parts import Json, closed, never
from mock_idp.jose.members import OTHERWISE
from mock_idp.jose.token_changes import CHANGES
from mock_idp.plans.faults.base import MAX_SECONDS
from mock_idp.plans.faults.responses import HEADERS, STATUS
from mock_idp.plans.queue import WHEN
from mock_idp.vendors.context import SERVED_ENDPOINTS
from mock_idp.vendors.problems import PROBLEM_KINDS

ALWAYS = "always"
KINDS = ("response", "error", "problem", "claims", "token", "merge")
# Where the usual answer has claims, and where clients are refused in the vendor's words.
CLAIMS_POINTS = ("token", "userinfo", "introspect")
PROBLEM_POINTS = ("token", "introspect", "revoke", "device_authorization", "par")
ONE_KIND = "A step has exactly one of response, error, problem, claims, token and merge, or only delay_seconds."
# RFC 6749 section 5.2: what the three members of an error may consist of.
_CODE = "^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$"
_SENTENCE = "^[ !#-\\[\\]-~]*$"
_URI = "^[!#-\\[\\]-~]*$"

_RESPONSE = closed(
    {
        "status": {**STATUS, "default": 200},
        "headers": HEADERS,
        "body": {"description": "Text is sent as it is, anything else as JSON, null as no body."},
    }
)
_ERROR = closed(
    {
        "error": {"type": "string", "pattern": _CODE, "maxLength": 200, "description": "Its code."},
        "error_description": {"type": "string", "pattern": _SENTENCE, "maxLength": 2000},
        "error_uri": {"type": "string", "pattern": _URI, "maxLength": 2000},
        "status": {
            **STATUS,
            "minimum": 400,
            "description": "Left out: 401 for invalid_client and invalid_token, 403 for insufficient_scope, else 400; "
            "and at the authorization endpoint a redirect to the client.",
        },
    },
    ["error"],
)

_WHERE = {
    "claims": {
        "on": {"enum": list(CLAIMS_POINTS), OTHERWISE: f"Only the answers of {', '.join(CLAIMS_POINTS)} have claims."}
    },
    "token": {"on": {"enum": ["token"], OTHERWISE: "Only the answers of token have tokens."}},
    "problem": {
        "on": {
            "enum": list(PROBLEM_POINTS),
            OTHERWISE: f"Only {', '.join(PROBLEM_POINTS)} refuse clients in the vendor's words.",
        }
    },
}

STUB_SPEC: Json = {
    **closed(
        {
            "on": {"type": "string", "enum": list(SERVED_ENDPOINTS), "default": "token"},
            "times": {
                "type": ["integer", "null", "string"],
                "minimum": 1,
                "maximum": 1_000_000,
                "pattern": f"^{ALWAYS}$",
                "default": 1,
                "description": f"For how many requests; null, or {ALWAYS} as TOML has no null, until cleared.",
            },
            "when": WHEN,
            "delay_seconds": {
                "type": "number",
                "minimum": 0,
                "maximum": MAX_SECONDS,
                "default": 0,
                "description": "How late the answer comes; alone, the usual answer.",
            },
            "response": _RESPONSE,
            "error": _ERROR,
            "problem": {
                "type": "string",
                "enum": list(PROBLEM_KINDS),
                "description": "A refusal in the vendor's words, as if this were wrong with the request.",
            },
            "merge": {
                "type": "object",
                "description": "Members of the usual answer, or of what a browser takes back; null takes one away.",
            },
            "claims": {
                "type": "object",
                "description": "Claims of the tokens, or of what userinfo or introspection say; any JSON.",
            },
            "token": {**closed(CHANGES), "description": "Changes in the tokens, as in a TokenSpec."},
        }
    ),
    "description": "Has exactly one of response, error, problem, claims, token and merge, or only delay_seconds.",
    "allOf": [
        {
            "anyOf": [
                *({"required": [kind]} for kind in KINDS),
                {"properties": {"delay_seconds": {"exclusiveMinimum": 0}}, "required": ["delay_seconds"]},
            ],
            OTHERWISE: ONE_KIND,
        }
    ],
    "dependentSchemas": {
        kind: {"properties": {**{other: never(ONE_KIND) for other in KINDS if other != kind}, **_WHERE.get(kind, {})}}
        for kind in KINDS
    },
}
