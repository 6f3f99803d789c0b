"""Logging out without a browser: a client ends the login that its refresh token came from, as Keycloak lets it."""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Headers, Response
from mock_idp.oauth.client_authentication import authenticate
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.logins import end_login
from mock_idp.oauth.refresh_tokens import checked_refresh_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.token_endpoint import other_origin
from mock_idp.vendors.problems import ENDED, USER_GONE


def refresh_token_logout(request: FlowRequest, form: Mapping[str, str], headers: Headers) -> Response:
    """204 with these headers, or the refusal of a client or a refresh token that is not good.

    A login that has ended already ends once more.
    """
    vendor = request.issuer.vendor
    refused = vendor.refuse_token_logout(request.context)
    if refused is not None:
        return refused
    try:
        client = authenticate(request, form)
        refused = other_origin(request, client) or vendor.refuse_client_beside(request.with_form(form, client.id))
        if refused is not None:
            return refused.with_header("Cache-Control", None).with_header("Pragma", None)
        token = checked_refresh_token(request, client, form.get("refresh_token", ""))
    except OAuthError as error:
        if error.kind == "bad_refresh_token" and error.value in (ENDED, USER_GONE):
            return Response(204, headers)
        # Who names no client is told here that it is unknown.
        told = OAuthError("unknown_client", "") if error.kind == "no_credentials" else error
        return request.refusal(told, form).with_header("Cache-Control", None).with_header("Pragma", None)
    token.family.ended = True
    end_login(request, token.family.grant.session_id)
    # With all that was exchanged within it.
    request.issuer.flows.end_session(token.family.grant.session_id)
    return Response(204, headers)
