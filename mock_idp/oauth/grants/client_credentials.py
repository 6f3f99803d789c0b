"""client_credentials (RFC 6749 section 4.4): a token for the client itself."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import claims_of_client, granted_audience, granted_scope, permissions_of
from mock_idp.oauth.token_response import token_document, token_response
from mock_idp.settings import ClientSettings


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """A token whose permissions are the words of the scope and the roles of the client."""
    vendor = request.issuer.vendor
    if client.public:
        raise OAuthError("public_client", "client_credentials")
    scope = granted_scope(request, client, form)
    for word in scope:
        problem = vendor.machine_scope_problem(word)
        if problem is not None:
            raise OAuthError(problem, word)
    spec = TokenSpec(
        permissions=permissions_of(scope, client.roles, vendor) or None,
        client_id=client.id,
        audience=granted_audience(request, client, form),
        claims=claims_of_client(request, client),
    )
    token = request.issuer.mint(spec, request.context, scope=scope).token
    document = token_document(request, token, scope)
    account = vendor.account_of_client(request.context, client.id) if "openid" in scope else None
    if account is not None:
        # A client without a user has no ID token, and keys are served without this.
        from mock_idp.oauth.id_token import id_token_of_client

        document = vendor.machine_response(
            {**document, "id_token": id_token_of_client(request, client, account, token, form["grant_type"])}
        )
    return token_response(request, document)
