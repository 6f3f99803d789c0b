"""A step of a script as data: its JSON schema, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.errors import bad_field
from mock_idp.faults.answers import HEADERS, STATUS
from mock_idp.request_log import ENDPOINTS
from mock_idp.script.steps import Claims, Refusal, Response, Step

SCRIPT_POINTS = tuple(endpoint for endpoint in ENDPOINTS if endpoint != "other")
_KINDS = ("response", "error", "claims")
# RFC 6749 section 5.2: what the three members of an error may consist of.
_CODE = "^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$"
_SENTENCE = "^[ !#-\\[\\]-~]*$"


def _closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


SCRIPT_SPEC: dict[str, Any] = {
    **_closed(
        on={"type": "string", "enum": list(SCRIPT_POINTS), "default": "token"},
        times={
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": 1_000_000,
            "default": 1,
            "description": "For how many requests; null until cleared.",
        },
        when={
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Only requests whose parameters of these names (client_id, grant_type, scope, ...) have "
            "exactly these values.",
        },
        response=_closed(
            status={**STATUS, "default": 200},
            headers=HEADERS,
            body={"description": "Text is sent as it is, anything else as JSON, null as no body."},
        ),
        error={
            **_closed(
                error={"type": "string", "pattern": _CODE, "maxLength": 200, "description": "Its code."},
                error_description={"type": "string", "pattern": _SENTENCE, "maxLength": 2000},
                error_uri={"type": "string", "pattern": "^[!#-\\[\\]-~]*$", "maxLength": 2000},
                status={**STATUS, "minimum": 400, "description": "Left out: 400, or 401 for invalid_client."},
            ),
            "required": ["error"],
        },
        claims={"type": "object", "description": "Claims of the tokens, any JSON."},
    ),
    "description": "Has exactly one of response, error and claims.",
}


@dataclass(frozen=True)
class ScriptSettings:
    """A checked step: where, for how many requests (None: until cleared), for which of them, and what it does.

    `given` is the step as it was written.
    """

    on: str
    times: int | None
    when: Mapping[str, str]
    step: Step
    given: Mapping[str, Any] = field(compare=False, repr=False)


def script_settings(spec: Mapping[str, Any], where: str = "") -> ScriptSettings:
    """A step that fits `SCRIPT_SPEC`. In: the dotted path of the spec with a dot behind it, for errors.

    Raises MockIdpError for none or several of the three kinds, for claims where there are no tokens, and for headers
    that the server sets itself.
    """
    given = [name for name in _KINDS if name in spec]
    if len(given) != 1:
        blamed = where + given[1] if given else where.rstrip(".")
        raise bad_field(blamed, "A step has exactly one of response, error and claims.")
    (kind,) = given
    on = spec.get("on", "token")
    if kind == "claims" and on != "token":
        raise bad_field(f"{where}on", "Only the endpoint token makes tokens that claims could be put into.")
    return ScriptSettings(on, spec.get("times", 1), spec.get("when", {}), _step(kind, spec[kind]), dict(spec))


def _step(kind: str, value: Mapping[str, Any]) -> Step:
    if kind == "claims":
        return Claims(value)
    return Refusal(**value) if kind == "error" else Response(**value)
