"""The JSON schemas of tokens, and of the specs they are made from."""

from __future__ import annotations

from mock_idp.jose.members import schemas
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.schema_parts import ANY, STRING, Json, closed, complete

TOKEN_SCHEMAS: dict[str, Json] = {
    "TokenSpec": closed(schemas(TokenSpec)),
    "Token": complete({"token": STRING, "header": ANY, "claims": ANY, "kid": STRING}),
}
