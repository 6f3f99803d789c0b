"""jwt-bearer (RFC 7523 section 2.1): a signed assertion about somebody instead of their consent.

Google's service accounts use it, and Entra ID's on-behalf-of flow, where the assertion is a token of the issuer itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Family, UserGrant
from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import Jws, read_jws
from mock_idp.oauth.client_assertion import check_times, is_for
from mock_idp.oauth.client_keys import KeysError, is_signed_by
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.known_clients import known_client
from mock_idp.oauth.own_tokens import own_token
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import granted_audience, granted_scope
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.settings import ClientSettings, UserSettings
from mock_idp.vendors.grant_types import JWT_BEARER


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """A token about the subject of the assertion, without a refresh token (RFC 7521 section 4.1).

    A token of this issuer is believed as it is. Any other assertion is signed with a key of its client, which nobody
    checks of a client that is not declared, and addressed to this issuer.
    """
    if request.issuer.vendor.identity_grants:
        from mock_idp.oauth.grants import id_jag

        jws = _read(form)
        if jws.typ == id_jag.TYP:
            return id_jag.taken(request, client, form, jws)
    claims = _claims(request, client, form)
    user = request.issuer.clients.user_of_subject(claims["sub"]) or UserSettings(
        claims["sub"], subject=claims["sub"], anonymous=True
    )
    granted = UserGrant(
        client_id=client.id,
        user=user,
        scope=granted_scope(request, client, form),
        audience=granted_audience(request, client, form),
        auth_time=int(request.now),
        session_id=request.issuer.vendor.session_id(secrets.token_hex(16)),
        grant_type=JWT_BEARER,
    )
    target = claims.get("target_audience")
    if isinstance(target, str):
        return _id_token_response(request, client, Family(granted), target)
    return user_token_response(request, client, Family(granted), granted.scope, refresh=False)


def client_of_grant(request: FlowRequest, form: Mapping[str, str]) -> ClientSettings:
    """The client a request is from that names none: the issuer of the assertion. Raises OAuthError."""
    jws = _read(form)
    if request.issuer.vendor.identity_grants and (jws.typ or "").endswith("id-jag+jwt"):
        # Its issuer is an identity provider and no client.
        raise OAuthError("no_credentials")
    issuer = jws.claims.get("iss")
    if not isinstance(issuer, str):
        raise OAuthError("bad_assertion", "it has no iss")
    return known_client(request, issuer)


def _claims(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> dict[str, Any]:
    jws = _read(form)
    own = own_token(request.issuer, form["assertion"])
    if own is not None and not request.issuer.vendor.takes_own_assertion:
        raise _bad("it is a token of this server")
    if own is None:
        if not client.anonymous and not _is_signed(request, client, jws):
            raise _bad("its signature is not the client's")
        check_times(jws.claims, request.now, _bad)
        if not is_for(request, jws.claims.get("aud")):
            raise _bad("its aud is not this server")
    # Google leaves sub out where the service account speaks for itself.
    subject = jws.claims.get("sub", jws.claims.get("iss"))
    if not isinstance(subject, str):
        raise _bad("it has no sub")
    return {**jws.claims, "sub": subject}


def _is_signed(request: FlowRequest, client: ClientSettings, jws: Jws) -> bool:
    try:
        return is_signed_by(request, client, jws)
    except KeysError as error:
        raise _bad(str(error)) from None


def _read(form: Mapping[str, str]) -> Jws:
    if "assertion" not in form:
        raise OAuthError("missing_parameter", "assertion")
    try:
        return read_jws(form["assertion"])
    except JoseError:
        raise _bad("it is not a signed JWT") from None


def _id_token_response(request: FlowRequest, client: ClientSettings, family: Family, target: str) -> Response:
    """Google's answer to a `target_audience`: an ID token for it and nothing else."""
    from mock_idp.oauth.id_token import id_token

    document = {"id_token": id_token(request, client, family, (), None, None, target)}
    return Response(200, request.issuer.vendor.token_headers(), json.dumps(document).encode())


def _bad(reason: str) -> OAuthError:
    return OAuthError("bad_assertion", reason)
