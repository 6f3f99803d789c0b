"""Who is logged in: by the cookie of the browser, by the form of the login page, or by a word of a test."""

from __future__ import annotations

import secrets
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie

from mock_idp.issuer.flow_state import Login
from mock_idp.issuer.store import digest
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import UserSettings

_LIFETIME_SECONDS = 10 * 3600


def start_login(request: FlowRequest, user: UserSettings) -> tuple[str, Login, str]:
    """The id of a new login, the login, and the value of the Set-Cookie header that keeps it."""
    secret = secrets.token_urlsafe(32)
    login = Login(user, int(request.now))
    session_id = _session_id(request, secret)
    request.issuer.flows.logins.put(session_id, login, request.now + _LIFETIME_SECONDS)
    return session_id, login, _cookie(request, secret)


def current_login(request: FlowRequest) -> tuple[str, Login] | None:
    """The login of the browser a request comes from, with its id; None when its user is gone."""
    secret = _secret(request)
    if not secret:
        return None
    session_id = _session_id(request, secret)
    login = request.issuer.flows.logins.get(session_id, request.now)
    user = request.issuer.clients.user_now(login.user) if login is not None else None
    return None if login is None or user is None else (session_id, replace(login, user=user))


def end_login(request: FlowRequest, session_id: str) -> str:
    """End a login and what hangs on it. Out: the Set-Cookie header that takes the cookie away."""
    flows = request.issuer.flows
    flows.logins.take(session_id, request.now)
    flows.end_login(session_id)
    return _cookie(request, "", "; Max-Age=0")


def user_without_page(request: FlowRequest, named: str | None, hint: str | None = None) -> str | None:
    """The user who needs no page: the one a request names with `mock_user`, else the one of the settings.

    In place of that one comes the user whom a `login_hint` names, by name or address, where there is one.
    """
    usual = request.issuer.settings.auto_login
    if named or usual is None or hint is None:
        return named or usual
    clients = request.issuer.clients
    hinted = clients.user(hint) or next(
        (one for one in clients.users.values() if one.claims.get("email") == hint), None
    )
    return usual if hinted is None else hinted.username


def _session_id(request: FlowRequest, secret: str) -> str:
    return request.issuer.vendor.session_id(digest(secret))


def _name(request: FlowRequest) -> str:
    return f"mock_idp_{request.issuer.id}"


def _secret(request: FlowRequest) -> str | None:
    try:
        cookies = SimpleCookie(request.cookie)
    except CookieError:
        return None
    morsel = cookies.get(_name(request))
    return morsel.value if morsel else None


def _cookie(request: FlowRequest, secret: str, more: str = "") -> str:
    secure = "; Secure" if request.context.base.startswith("https://") else ""
    path = request.issuer.prefix or "/"
    return f"{_name(request)}={secret}; Path={path}; HttpOnly; SameSite=Lax{secure}{more}"
