"""The client_credentials grant (RFC 6749 section 4.4): any client gets what it asks for."""

from __future__ import annotations

import json

from mock_idp.answer import Answer
from mock_idp.issuer import Issuer
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.token_request import read_token_request
from mock_idp.providers.base import Place

GRANT_TYPE = "client_credentials"


def token_answer(issuer: Issuer, place: Place, content_type: str, authorization: str, body: bytes) -> Answer:
    """The answer of an issuer's token endpoint, as seen from `place`.

    Every client id and secret is good. Each word of the requested `scope` becomes a permission of the token; an
    `audience` replaces the issuer's own. Refusals are those of RFC 6749 section 5.2, not the vendors' own wording.
    """
    try:
        request = read_token_request(content_type, authorization, body, issuer.provider.accepts_json_token_requests)
        grant_type = request.parameters.get("grant_type")
        if grant_type is None:
            raise OAuthError("invalid_request", "The parameter grant_type is missing.")
        if grant_type != GRANT_TYPE:
            raise OAuthError("unsupported_grant_type", f"Only {GRANT_TYPE} is supported.")
        if request.client_id is None:
            raise OAuthError("invalid_client", "The request names no client.")
    except OAuthError as error:
        return error.answer()
    scope = request.parameters.get("scope", "")
    spec = TokenSpec(
        permissions=tuple(scope.split()),
        client_id=request.client_id,
        audience=request.parameters.get("audience"),
    )
    token = issuer.mint(spec, place).token
    document = issuer.provider.token_response(place, token, " ".join(scope.split()))
    return Answer(200, issuer.provider.token_headers(), json.dumps(document, separators=(",", ":")).encode())
