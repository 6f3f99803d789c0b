"""Tokens, good and broken, without any OAuth dance."""

from __future__ import annotations

from typing import Any

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.http11.schema import fits
from mock_idp.http11.schema_parts import ANY, STRING, Json, chosen_by, closed, complete, never
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.members import OTHERWISE, schemas
from mock_idp.jose.mutations import MUTATIONS, Mutation
from mock_idp.jose.token_spec import NO_MUTATION, WHOLE, TokenSpec, contradictions

TOKEN_MEMBERS: Json = closed(schemas(TokenSpec))
"""The schema of a token spec, without what goes together."""


def options_schema(mutation: Mutation) -> Json:
    """The schema of the options of a mutation, without what goes together."""
    needed = [name for name, option in mutation.options.items() if option.required]
    return closed({name: option.schema for name, option in mutation.options.items()}, needed)


def _beside(whole: str, name: str) -> Json:
    """A member beside one that is all of the payload or of the header: it may say nothing."""
    sentence = WHOLE.format(whole, name)
    if TOKEN_MEMBERS["properties"][name]["type"] == "string":
        return never(sentence)
    return {"maxProperties": 0, "maxItems": 0, OTHERWISE: sentence}


def _component(mutation: str) -> str:
    return "".join(part.capitalize() for part in mutation.split("-")) + "Mutation"


def _mutation(mutation: Mutation) -> Json:
    """What a token spec has to be that names this mutation."""
    options = options_schema(mutation)
    if mutation.rules:
        options["allOf"] = [*mutation.rules]
    return {
        "type": "object",
        "properties": {"mutation": {"type": "string", "enum": [mutation.name]}, "with": options},
        "required": ["mutation"] if fits({}, options) else ["mutation", "with"],
        "description": mutation.sentence,
    }


def _wholes() -> Json:
    apart: dict[str, Json] = {}
    for whole, name in contradictions():
        apart.setdefault(whole, {"properties": {}})["properties"][name] = _beside(whole, name)
    return apart


TOKEN_SCHEMAS: dict[str, Json] = {
    "TokenSpec": {
        **TOKEN_MEMBERS,
        "dependentSchemas": {
            **_wholes(),
            "mutation": chosen_by("mutation", {name: ref(_component(name)) for name in MUTATIONS}),
            "with": {
                "anyOf": [{"required": ["mutation"]}, {"properties": {"with": {"maxProperties": 0}}}],
                OTHERWISE: NO_MUTATION,
            },
        },
    },
    **{_component(name): _mutation(mutation) for name, mutation in MUTATIONS.items()},
    "Token": complete({"token": STRING, "header": ANY, "claims": ANY, "kid": STRING}),
}


_TOKENS = "/_mock/issuers/{issuer_id}/tokens"
_TEXT = "text/plain"
MAX_BATCH = 1000


def create_token(call: Call) -> ControlResponse:
    """One token; on its own for a caller that wants text."""
    document = _token(call.issuer, call.body)
    if call.wants_text:
        return ControlResponse(201, text=document["token"], content_type=_TEXT)
    return ControlResponse(201, document)


def create_tokens(call: Call) -> ControlResponse:
    """Many tokens in one call."""
    issuer = call.issuer
    return ControlResponse(201, {"tokens": [_token(issuer, spec) for spec in call.body["specs"]]})


def _token(issuer: Issuer, spec: Any) -> dict[str, Any]:
    forged = issuer.mint(TokenSpec.from_json(spec))
    return {"token": forged.token, "header": forged.header, "claims": forged.claims, "kid": forged.kid}


OPERATIONS = (
    Operation(
        "POST",
        _TOKENS,
        "createToken",
        "The vendor's usual access token with the differences that are named; {} is the plain one.",
        create_token,
        {201: ref("Token")},
        body=ref("TokenSpec"),
        text=_TEXT,
        can_conflict=True,
    ),
    Operation(
        "POST",
        _TOKENS + "/batch",
        "createTokens",
        "Many tokens in one call, in the order of the specs.",
        create_tokens,
        {201: closed({"tokens": {"type": "array", "items": ref("Token")}}, ["tokens"])},
        body=closed({"specs": {"type": "array", "items": ref("TokenSpec"), "maxItems": MAX_BATCH}}, ["specs"]),
        body_required=True,
        can_conflict=True,
    ),
)
