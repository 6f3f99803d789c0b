"""Token exchange within a login (RFC 8693): another token of the same session, as Keycloak has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Family, UserGrant
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty
from mock_idp.oauth.grants.token_types import ACCESS_TOKEN, ID_TOKEN
from mock_idp.oauth.id_token import id_token, id_token_of_client
from mock_idp.oauth.own_tokens import OwnToken
from mock_idp.oauth.refresh_tokens import is_offline
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_scope
from mock_idp.oauth.token_response import token_document, token_response
from mock_idp.oauth.user_tokens import access_token
from mock_idp.settings import ClientSettings, UserSettings
from mock_idp.vendors.context import Audience, GrantOrigin
from mock_idp.vendors.grant_types import TOKEN_EXCHANGE


def exchanged(
    request: FlowRequest, client: ClientSettings, form: Mapping[str, str], subject: OwnToken, audience: Audience | None
) -> Response:
    """The answer to an exchange of a good token for one of this audience.

    Without a scope it is that of the subject token, unless that one outlives its login. An ID token that was asked for
    comes as the `access_token`, and its type says so (section 2.2.1). Raises OAuthError.
    """
    vendor, context = request.issuer.vendor, request.context
    if "audience" in form and form["audience"] not in vendor.exchange_audiences(context):
        raise OAuthError("audience_not_allowed", form["audience"])
    of_offline = subject.family is not None and is_offline(subject.family)
    asks = "scope" in form or has_empty(request.body, "scope")
    scope = granted_scope(request, client, form) if asks or of_offline else subject.scope
    grant = _grant(request, client, subject, scope, audience)
    family = Family(grant)
    origin = GrantOrigin((grant.grant_type, TOKEN_EXCHANGE), is_offline(family), of_offline)
    token = access_token(request, client, family, scope, origin=origin)
    document = {**token_document(request, token, scope), "session_state": grant.session_id}
    if not grant.session_id:
        del document["session_state"]
    wanted = form.get("requested_token_type", ACCESS_TOKEN)
    account = None if subject.family is not None else vendor.account_of_client(context, subject.client_id or "")

    def about_user(access_token: str | None) -> str:
        if account is not None:
            return id_token_of_client(request, client, account, access_token, TOKEN_EXCHANGE)
        return id_token(request, client, family, scope, access_token, None)

    if wanted == ID_TOKEN:
        document |= {"access_token": about_user(None), "token_type": "N_A"}
    elif asks and "openid" in scope:
        document["id_token"] = about_user(token)
    return token_response(request, {**vendor.machine_response(document), "issued_token_type": wanted})


def _grant(
    request: FlowRequest,
    client: ClientSettings,
    subject: OwnToken,
    scope: tuple[str, ...],
    audience: Audience | None,
) -> UserGrant:
    if subject.family is not None:
        is_own = subject.client_id == client.id
        grant = replace(subject.family.grant, client_id=client.id, scope=scope, audience=audience, exchanged=is_own)
        user = subject.user(request.issuer)
        return grant if user is None else replace(grant, user=user)
    account = dict(request.issuer.vendor.account_of_client(request.context, subject.client_id or "") or {})
    name = str(account.pop("preferred_username", subject.claims.get("sub", "")))
    machine = request.issuer.clients.clients.get(subject.client_id or "")
    return UserGrant(
        client_id=client.id,
        user=UserSettings(
            name,
            subject=str(account.pop("sub", name)),
            claims=account,
            roles=machine.roles if machine is not None else (),
            anonymous=True,
        ),
        scope=scope,
        audience=audience,
        auth_time=int(request.now),
        # A client that logs in by itself has no session.
        session_id="",
        grant_type="client_credentials",
    )
