"""client_credentials (RFC 6749 section 4.4): a token for the client itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mock_idp.answer import Answer
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.clients import ClientSettings
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.permits import granted_audience, granted_scope, unique
from mock_idp.oauth.request import FlowRequest


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Answer:
    """A token whose permissions are the words of the scope and the roles of the client."""
    provider = request.issuer.provider
    if client.public:
        raise OAuthError("public_client", "client_credentials")
    scope = granted_scope(request, client, form)
    for word in scope:
        problem = provider.flows.machine_scope_problem(word)
        if problem is not None:
            raise OAuthError(problem, word)
    spec = TokenSpec(
        permissions=unique((*scope, *client.roles)) if client.roles else scope,
        client_id=client.id,
        audience=granted_audience(request, client, form),
        claims=client.claims,
    )
    token = request.issuer.mint(spec, request.place).token
    document = provider.token_response(request.place, token, " ".join(scope))
    return Answer(200, provider.token_headers(), json.dumps(document, separators=(",", ":")).encode())
