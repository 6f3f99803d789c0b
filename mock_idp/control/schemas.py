"""The JSON schemas of the control API, by name. What comes in is checked against them, and OpenAPI shows them."""

from __future__ import annotations

from mock_idp.control.clients import CLIENT_SCHEMAS
from mock_idp.control.har import HAR_SCHEMAS
from mock_idp.control.issuers import ISSUER_SCHEMAS
from mock_idp.control.keys import KEY_SCHEMAS
from mock_idp.control.plan_schemas import PLAN_SCHEMAS
from mock_idp.control.requests import REQUEST_SCHEMAS
from mock_idp.control.tokens import TOKEN_SCHEMAS
from mock_idp.http11.schema_parts import MAYBE_TEXT, STRING, Json, complete

SCHEMAS: dict[str, Json] = {
    "Error": complete({"error": STRING, "error_description": STRING, "field": MAYBE_TEXT}),
    **KEY_SCHEMAS,
    **ISSUER_SCHEMAS,
    **CLIENT_SCHEMAS,
    **TOKEN_SCHEMAS,
    **PLAN_SCHEMAS,
    **REQUEST_SCHEMAS,
    **HAR_SCHEMAS,
}
