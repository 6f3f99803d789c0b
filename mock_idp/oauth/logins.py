"""Who is logged in: by the cookie of the browser, by the form of the login page, or by a word of a test."""

from __future__ import annotations

import secrets
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie

from mock_idp.http11.response import Headers, Response
from mock_idp.issuer.flow_state import Login
from mock_idp.issuer.store import digest
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import UserSettings

_LIFETIME_SECONDS = 10 * 3600


def start_login(request: FlowRequest, user: UserSettings) -> tuple[str, Login, Headers]:
    """The id of a new login, the login, and the headers that keep it in the browser."""
    secret = secrets.token_urlsafe(32)
    login = new_login(request, user)
    session_id = _session_id(request, secret)
    request.issuer.flows.logins.put(session_id, login, login.until)
    return session_id, login, _cookies(request, secret, session_id)


def new_login(request: FlowRequest, user: UserSettings) -> Login:
    """A login that begins now."""
    return Login(user, int(request.now), request.now + _LIFETIME_SECONDS)


def prolong(request: FlowRequest, session_id: str, login: Login) -> Login:
    """The login, from now on good for as long as a new one."""
    login = replace(login, until=request.now + _LIFETIME_SECONDS)
    request.issuer.flows.logins.put(session_id, login, login.until)
    return login


def current_login(request: FlowRequest) -> tuple[str, Login] | None:
    """The login of the browser a request comes from, with its id; None when its user is gone."""
    secret = _secret(request)
    if not secret:
        return None
    session_id = _session_id(request, secret)
    login = request.issuer.flows.logins.get(session_id, request.now)
    user = request.issuer.clients.user_now(login.user) if login is not None else None
    return None if login is None or user is None else (session_id, replace(login, user=user))


def end_login(request: FlowRequest, session_id: str) -> Headers:
    """End a login and what hangs on it. Out: the headers that take it from the browser."""
    flows = request.issuer.flows
    flows.logins.take(session_id, request.now)
    flows.end_login(session_id)
    return _cookies(request, "", "", "; Max-Age=0")


def with_cookies(response: Response, cookies: Headers) -> Response:
    """The answer with these headers more, of which there may be several of one name."""
    return replace(response, headers=(*response.headers, *cookies))


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


def _cookies(request: FlowRequest, secret: str, session_id: str, more: str = "") -> Headers:
    """The login for the server, and the vendor's own cookie for its pages. An iframe in a page of another site has
    them over TLS only: browsers take `SameSite=None` from nobody else.
    """
    secure = request.context.base.startswith("https://")
    site = ("; SameSite=None; Secure" if secure else "; SameSite=Lax") + more
    path = request.issuer.prefix or "/"
    cookies = [f"{_name(request)}={secret}; Path={path}; HttpOnly{site}"]
    for_pages = request.issuer.vendor.session_cookie(request.context, session_id)
    if for_pages is not None:
        name, value, path = for_pages
        cookies.append(f"{name}={value if session_id else ''}; Path={path}{site}")
    return tuple(("Set-Cookie", cookie) for cookie in cookies)
