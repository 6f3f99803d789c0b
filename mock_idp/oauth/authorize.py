"""The authorization endpoint (RFC 6749 section 3.1): finds out who the user is, and hands the client a code.

The login page sends its form back to the address it came from, so that nothing has to be remembered in between.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from mock_idp.http11.response import Headers, Response
from mock_idp.issuer.flow_state import Code, Family, Login, UserGrant
from mock_idp.issuer.store import digest
from mock_idp.oauth.authorization_request import (
    AuthorizationGrant,
    AuthorizationRequest,
    RedirectedError,
    ShownError,
    check_request,
    read_request,
)
from mock_idp.oauth.authorization_response import redirect, refuse, send_back
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form
from mock_idp.oauth.logins import current_login, new_login, start_login, user_without_page, with_cookies
from mock_idp.oauth.pages import page
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import checked_user

CODE_SECONDS = 60
# A code that comes back late is still known, so that its tokens can be ended.
_REMEMBERED_SECONDS = 3600


def respond(request: FlowRequest) -> Response:
    """A redirect with a code or an error, the login page, or a page that says why there is no redirect."""
    try:
        form = read_form(request.content_type, request.body) if request.method == "POST" else {}
        if form and not {"username", "action"} & form.keys():
            # Core section 3.1.2.1: the request itself may be a POST, too.
            return redirect(request, f"?{urlencode(form)}")
        asked = read_request(request)
        refused = request.issuer.vendor.refuse_client_beside(request.with_form(asked.parameters, asked.client.id))
        if refused is not None:
            return refused
    except ShownError as error:
        return page("message.html", 400, title="This request cannot be answered", text=str(error))
    except OAuthError:
        return page("message.html", 400, title="This request cannot be answered", text="The form cannot be read.")
    try:
        wanted = check_request(request, asked)
        if form.get("action") == "deny":
            raise RedirectedError("access_denied", "The user has refused.")
        if "username" in form:
            return _after_form(request, asked, wanted, form)
        login = _login_without_page(request, asked, wanted)
        if login is not None:
            session_id, user_there, cookies = login
            answer = _with_code(request, asked, wanted, session_id, user_there, signed_on=not cookies)
            return with_cookies(answer, cookies)
        if "none" in wanted.prompt:
            raise RedirectedError("login_required", "No user is logged in.")
    except RedirectedError as error:
        return refuse(request, asked, error)
    return _login_page(request, asked)


def _login_without_page(
    request: FlowRequest, asked: AuthorizationRequest, wanted: AuthorizationGrant
) -> tuple[str, Login, Headers] | None:
    """The login that will do, with its id and the headers that keep it: the browser's, or that of a user named so."""
    given = asked.parameters
    there = _login_there(request, wanted)
    username = user_without_page(request, given.get("mock_user"), given.get("login_hint"))
    if username is None:
        return None if there is None else (*there, ())
    user = request.issuer.clients.user(username)
    if user is None:
        raise RedirectedError("access_denied", "There is no such user.")
    if "mock_user" in given:
        # A word of a test: each code is of a session of its own, and the browser is not logged in.
        return request.issuer.vendor.session_id(secrets.token_hex(16)), new_login(request, user), ()
    if there is not None and there[1].user.username == username:
        return *there, ()
    return start_login(request, user)


def _login_there(request: FlowRequest, wanted: AuthorizationGrant) -> tuple[str, Login] | None:
    """The login of the browser, where it is fresh enough for the request."""
    there = current_login(request)
    if there is None or "login" in wanted.prompt or "select_account" in wanted.prompt:
        return None
    is_stale = wanted.max_age is not None and request.now - there[1].auth_time > wanted.max_age
    return None if is_stale else there


def _after_form(
    request: FlowRequest, asked: AuthorizationRequest, wanted: AuthorizationGrant, form: dict[str, str]
) -> Response:
    user = checked_user(request.issuer, form["username"], form.get("password", ""))
    if user is None:
        return _login_page(request, asked, "The user name or the password is wrong.", form["username"])
    session_id, login, cookies = start_login(request, user)
    return with_cookies(_with_code(request, asked, wanted, session_id, login), cookies)


def _login_page(request: FlowRequest, asked: AuthorizationRequest, message: str = "", username: str = "") -> Response:
    # Keycloak's page has the status 200 after a wrong password, too: a 401 would owe a challenge (RFC 9110 15.5.2).
    return page(
        "login.html",
        action=f"?{request.query}",
        client_id=asked.client.id,
        issuer=request.identifier,
        scope=asked.parameters.get("scope", ""),
        message=message,
        username=username or asked.parameters.get("login_hint", ""),
        users=sorted(request.issuer.clients.users),
    )


def _with_code(
    request: FlowRequest,
    asked: AuthorizationRequest,
    wanted: AuthorizationGrant,
    session_id: str,
    login: Login,
    signed_on: bool = False,
) -> Response:
    flows, now = request.issuer.flows, request.now
    if "request_uri" in asked.parameters and not flows.pushed.take(digest(asked.parameters["request_uri"]), now):
        # RFC 9126 section 4: a request_uri is good for one use.
        raise RedirectedError("invalid_request", "The request_uri was used before.")
    grant = UserGrant(
        client_id=asked.client.id,
        user=login.user,
        scope=wanted.scope,
        audience=wanted.audience,
        auth_time=login.auth_time,
        session_id=session_id,
        nonce=asked.parameters.get("nonce"),
        auth_time_asked=wanted.max_age is not None,
        step_up=wanted.step_up,
        signed_on=signed_on and "mock_user" not in asked.parameters,
    )
    if grant.signed_on and request.issuer.vendor.signed_on_claims:
        flows.come_back(session_id, asked.client.id)
    text = request.issuer.vendor.code(session_id)
    code = Code(
        family=Family(grant),
        until=now + CODE_SECONDS,
        redirect_uri=asked.parameters.get("redirect_uri"),
        challenge=wanted.challenge,
        challenge_method=wanted.challenge_method,
    )
    flows.codes.put(digest(text), code, now + _REMEMBERED_SECONDS)
    return send_back(request, asked, {"code": text}, session_id)
