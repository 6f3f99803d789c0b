"""Logging out (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from mock_idp.http11.response import Response
from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import read_jws
from mock_idp.oauth.authorization_response import redirect, with_query
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty, read_form, read_query
from mock_idp.oauth.known_clients import find_client
from mock_idp.oauth.logins import current_login, end_login, with_cookies
from mock_idp.oauth.own_tokens import is_ours
from mock_idp.oauth.pages import page
from mock_idp.oauth.redirect_uris import is_redirect_uri
from mock_idp.oauth.refresh_token_logout import refresh_token_logout
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings


def respond(request: FlowRequest) -> Response:
    """The login of the browser ends; the browser goes where the client wants it, if the client may want that.

    Where the vendor asks its user first, who shows no ID token is asked.
    """
    vendor = request.issuer.vendor
    try:
        given = read_query(request.query, first_only=vendor.lenient_logout)
        if request.method == "POST" and request.body:
            form = _form(request)
            headers = vendor.refresh_token_logout
            if headers is not None and ("refresh_token" in form or has_empty(request.body, "refresh_token")):
                return refresh_token_logout(request, form, headers)
            given |= form
        client_id = _client_id(request, given)
        target = _target(request, given, client_id)
    except (OAuthError, _Refused) as error:
        return page("message.html", 400, title="This request cannot be answered", text=str(error))
    login = current_login(request)
    if vendor.confirms_logout and login is not None and "id_token_hint" not in given:
        code = _code(request, login[0])
        if not hmac.compare_digest(given.pop("session_code", "").encode(), code.encode()):
            return page("logout.html", parameters={**given, "session_code": code})
    state = {"state": given["state"]} if "state" in given else {}
    response = (
        page("message.html", title="Logged out", text="You are logged out.")
        if target is None
        else redirect(request, with_query(target, state))
    )
    if vendor.logout_by_hint and "id_token_hint" in given:
        # After the browser's login is known: it is mostly the same one, and its cookies have to go, too.
        _end_hinted(request, given["id_token_hint"])
    if login is None:
        return response
    if vendor.exchange_in_session:
        request.issuer.flows.end_session(login[0])
    return with_cookies(response, end_login(request, login[0]))


def _form(request: FlowRequest) -> dict[str, str]:
    if not request.issuer.vendor.lenient_logout:
        return read_form(request.content_type, request.body)
    try:
        # What is no form says nothing, and of a parameter that is given twice the first counts.
        read_form(request.content_type, request.body)
    except OAuthError as error:
        if error.kind != "duplicate_parameter":
            return {}
    return read_query(request.body.decode("utf-8"), first_only=True)


def _code(request: FlowRequest, session_id: str) -> str:
    """What only the page has that asked the user of this login: no other page may end it."""
    return b64url_encode(hmac.digest(request.issuer.flows.secret, f"logout {session_id}".encode(), "sha256"))


def _end_hinted(request: FlowRequest, hint: str) -> None:
    session_id = read_jws(hint).claims.get("sid")
    if isinstance(session_id, str):
        request.issuer.flows.logins.take(session_id, request.now)
        request.issuer.flows.end_session(session_id)


class _Refused(Exception):
    """The argument is a sentence for the user."""


def _client_id(request: FlowRequest, given: Mapping[str, str]) -> str | None:
    """The client, by its id or by the ID token it shows; an expired one will do (section 4)."""
    hint = given.get("id_token_hint")
    if hint is None:
        return given.get("client_id")
    try:
        jws = read_jws(hint)
    except JoseError:
        raise _Refused("The id_token_hint is no token.") from None
    if not is_ours(request.issuer, jws):
        raise _Refused("The id_token_hint is not a token of this issuer.")
    if not request.issuer.vendor.is_logout_hint(jws.claims):
        raise _Refused("The id_token_hint is no ID token.")
    audience = jws.claims.get("aud")
    hinted = audience[0] if isinstance(audience, list) and audience else audience
    if given.get("client_id", hinted) != hinted:
        raise _Refused("The id_token_hint was issued to another client.")
    return hinted if isinstance(hinted, str) else None


def _client(request: FlowRequest, client_id: str | None) -> ClientSettings | None:
    try:
        return find_client(request, client_id) if client_id is not None else None
    except OAuthError:
        return None


def _target(request: FlowRequest, given: Mapping[str, str], client_id: str | None) -> str | None:
    """Where the browser goes (section 3), None for nowhere."""
    # Amazon Cognito calls it logout_uri, the older endpoint of Auth0 returnTo.
    names = ("post_logout_redirect_uri", "logout_uri", "returnTo")
    target = next((given[name] for name in names if name in given), None)
    if target is None:
        return None
    whose, declared = _client(request, client_id), request.issuer.clients.clients
    nobody_named = client_id is None and not request.issuer.vendor.logout_names_client
    if whose is None and declared and not nobody_named:
        raise _Refused("A post_logout_redirect_uri needs an id_token_hint or client_id of a known client.")
    if not is_redirect_uri(target) or not _is_of(target, [whose] if whose is not None else [*declared.values()]):
        raise _Refused("The post_logout_redirect_uri is none the client may use.")
    return target


def _is_of(target: str, clients: Sequence[ClientSettings]) -> bool:
    """Whether one of these clients may use an address; anybody may while there are none."""
    declared = [client.post_logout_redirect_uris for client in clients]
    return not declared or any(uris is None or target in uris for uris in declared)
