"""The API about the session of a browser, which pages ask with its cookie: who is logged in, and for how long."""

from __future__ import annotations

from mock_idp.http11.response import Response
from mock_idp.oauth.logins import current_login, end_login, prolong, with_cookies
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import known_of, person_of
from mock_idp.vendors.browser_apps import BrowserSession


def respond(request: FlowRequest) -> Response:
    """The login of the browser: GET tells of it, POST prolongs it, DELETE ends it."""
    vendor, there = request.issuer.vendor, current_login(request)
    if there is None:
        return vendor.told_session(request.context, None)
    session_id, login = there
    if request.method == "DELETE":
        return with_cookies(Response(204, ()), end_login(request, session_id))
    if request.method == "POST":
        login = prolong(request, session_id, login)
    user = login.user
    name = str(known_of(user, vendor).get("name", user.username))
    session = BrowserSession(session_id, user.username, person_of(user, vendor), name, login.auth_time, login.until)
    return vendor.told_session(request.context, session)
