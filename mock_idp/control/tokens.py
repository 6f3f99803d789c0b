"""Tokens, good and broken, without any OAuth dance."""

from __future__ import annotations

from typing import Any

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.http11.schema_parts import closed
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.token_spec import TokenSpec

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
